import { Trans, useLingui } from '@lingui/react/macro';
import { IconArrowLeft } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Goal } from '../../api/audio.ts';
import { jobKey } from '../../api/live-jobs.ts';
import { runJob } from '../../api/run-job.ts';
import { withCatalog } from '../../app/language.ts';
import { FilterTabs } from '../../ui/filter-tabs.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { CompareFigure } from './compare-figure.tsx';
import { FactsFigure } from './facts-figure.tsx';
import { clockText, frequencyText } from './figures.ts';
import { analysisOf } from './goal.ts';
import { GoalPicker } from './goal-picker.tsx';
import { MusicFigure } from './music-figure.tsx';
import type { OpenTrack } from './open-track.ts';
import { PlayerBar } from './player/player-bar.tsx';
import { usePlayer } from './player/use-player.ts';
import { usePreview } from './player/use-preview.ts';
import { ReportMenu } from './report-menu.tsx';
import { ServicesFigure } from './services-figure.tsx';
import { SpectrumFigure } from './spectrum-figure.tsx';
import { StereoFigure } from './stereo-figure.tsx';
import { Summary } from './summary.tsx';
import { Timeline } from './timeline.tsx';
import type { TrackTab } from './track-search.ts';
import classes from './track-view.module.css';
import { useAudioErrorText } from './use-audio-error-text.ts';
import { useOther, withReference } from './use-other.ts';
import { VerdictList } from './verdict-list.tsx';
import { answerAndFindings } from './verdict-text.ts';

const route = getRouteApi('/audio/$jobId');

/** Not needed by those who came for the answer. */
const StemsPanel = lazy(async () => {
  const { StemsPanel: panel } = await withCatalog('stems', import('../stems/stems-panel.tsx'));
  return { default: panel };
});
const AbSwitch = lazy(async () => ({ default: (await import('./ab-switch.tsx')).AbSwitch }));

interface Props {
  readonly track: OpenTrack;
}

/** One recording: is it ready, why not, and where; then everything that was measured. */
export function TrackView({ track }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useAudioErrorText();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const { view = 'analysis' } = route.useSearch();
  const [failure, setFailure] = useState<Error>();
  const { analysis, goal, name, job } = track;
  const { locale } = i18n;
  const change = useMutation({
    mutationFn: (next: Goal) => runJob(analysisOf(job.inputs, next, name)),
    onMutate: () => setFailure(undefined),
    onError: setFailure,
    onSuccess: async ({ output: _output, ...changed }) => {
      queries.setQueryData(jobKey(changed.id), changed);
      await navigate({ params: { jobId: changed.id }, search: (before) => before, replace: true, resetScroll: false });
    },
  });
  const channels =
    analysis.channels === 1 ? t`mono` : analysis.channels === 2 ? t`stereo` : t`${analysis.channels} channels`;

  return (
    <Page
      title={<span className={classes.name}>{name}</span>}
      lead={
        <>
          <Link to="/audio" className={classes.back}>
            <IconArrowLeft size={16} stroke={1.8} aria-hidden />
            <Trans>Recordings</Trans>
          </Link>
          {' · '}
          {clockText(analysis.durationSeconds)} · {frequencyText(analysis.sampleRateHz, locale)} · {channels} ·{' '}
          {analysis.source.codec.toUpperCase()}
        </>
      }
      actions={<ReportMenu track={track} onError={setFailure} />}
    >
      {failure && (
        <Notice kind="error" onClose={() => setFailure(undefined)}>
          {errorText(failure)}
        </Notice>
      )}
      <div className={classes.choices}>
        <FilterTabs<TrackTab>
          label={t`Show`}
          value={view}
          options={[
            { value: 'analysis', label: <Trans>Analysis</Trans> },
            { value: 'stems', label: <Trans>Stems</Trans> },
          ]}
          onChange={(next) =>
            void navigate({
              search: ({ view: _view, ...before }) => (next === 'stems' ? { ...before, view: next } : before),
              resetScroll: false,
            })
          }
        />
        {view === 'analysis' && <GoalPicker goal={goal} disabled={change.isPending} onGoal={change.mutate} />}
      </div>
      {view === 'stems' ? (
        <Suspense fallback={null}>
          <StemsPanel assetId={track.assetId} name={name} durationSeconds={analysis.durationSeconds} />
        </Suspense>
      ) : (
        <AnalysisView track={track} />
      )}
    </Page>
  );
}

function AnalysisView({ track }: Props) {
  const { t } = useLingui();
  const errorText = useAudioErrorText();
  const navigate = route.useNavigate();
  const { analysis, goal } = track;
  const { with: wanted } = route.useSearch();
  const preview = usePreview(track.assetId);
  const other = useOther(track, wanted ?? (track.referenceId === undefined ? undefined : withReference));
  const otherPreview = usePreview(other?.assetId);
  const { durationSeconds, loudness } = analysis;
  const player = usePlayer(
    { url: preview.data?.url, durationSeconds, integratedLufs: loudness.integratedLufs },
    other && {
      url: otherPreview.data?.url,
      durationSeconds: other.durationSeconds,
      integratedLufs: other.integratedLufs,
    },
  );
  const goTo = (seconds: number): void => {
    player.transport?.seek(seconds);
    player.transport?.play();
  };
  const shown = other?.id ?? wanted;
  const targetLufs = analysis.verdicts.find(({ unit, target }) => unit === 'LUFS' && target !== null)?.target ?? null;

  return (
    <div className={classes.view}>
      <Summary analysis={analysis} target={goal.target} />
      <VerdictList verdicts={answerAndFindings(analysis.verdicts).findings} onPlace={goTo} />
      {preview.error && (
        <Notice kind="warning">
          <Trans>It cannot be played here; the measurements stand.</Trans> {errorText(preview.error)}
        </Notice>
      )}
      <Timeline
        analysis={analysis}
        peaks={preview.data?.peaks}
        transport={player.transport}
        spectrogram={track.job.outputs.find(({ mediaType }) => mediaType === 'image/png')}
        targetLufs={targetLufs}
      />
      <div className={classes.grid}>
        <div className={classes.column}>
          <SpectrumFigure analysis={analysis} genre={goal.genre} />
          <ServicesFigure analysis={analysis} target={goal.target} />
          <CompareFigure
            track={track}
            other={other}
            wanted={shown}
            onWanted={(next) =>
              void navigate({
                search: ({ with: _with, ...before }) => (next === undefined ? before : { ...before, with: next }),
                replace: true,
                resetScroll: false,
              })
            }
          />
        </div>
        <div className={classes.column}>
          <StereoFigure analysis={analysis} />
          <MusicFigure analysis={analysis} />
          <FactsFigure analysis={analysis} />
        </div>
      </div>
      {!preview.error && (
        <PlayerBar transport={player.transport}>
          <Suspense fallback={null}>
            {other && <AbSwitch player={player} otherName={other.name ?? t`The reference`} />}
          </Suspense>
        </PlayerBar>
      )}
    </div>
  );
}
