import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Progress } from '@mantine/core';
import { IconChevronRight, IconRefresh, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { answerNames, answerOf } from './answer.ts';
import { clockText, levelText } from './figures.ts';
import type { Track, TrackView } from './track.ts';
import classes from './track-row.module.css';
import { isHopelessSound, useAudioErrorText } from './use-audio-error-text.ts';
import { useAnalysis } from './use-other.ts';
import { textOf } from './verdict-text.ts';

interface Props {
  readonly track: Track;
  readonly view: TrackView;
  readonly onRetry: () => void;
  readonly onCancel: () => void;
  readonly onRemove: () => void;
}

/** One recording: where it is on its way, and the answer once there is one. */
export function TrackRow({ track, view, onRetry, onCancel, onRemove }: Props) {
  const { t } = useLingui();
  const errorText = useAudioErrorText();
  const { name } = track;
  const { phase, error, job } = view;
  const busy = phase === 'queued' || phase === 'working';
  return (
    <article className={classes.row} aria-label={name}>
      {phase === 'done' && job ? (
        <Link className={classes.name} to="/audio/$jobId" params={{ jobId: job.id }}>
          {name}
        </Link>
      ) : (
        <span className={classes.name}>{name}</span>
      )}
      <div className={classes.state}>
        {phase === 'done' && job ? (
          <Answer view={view} />
        ) : phase === 'failed' ? (
          <p className={classes.error} role="status">
            {error && errorText(error)}
          </p>
        ) : phase === 'cancelled' ? (
          <p className={classes.words}>
            <Trans>Cancelled</Trans>
          </p>
        ) : (
          <Way view={view} />
        )}
      </div>
      <div className={classes.actions}>
        {((phase === 'failed' && error && !isHopelessSound(error)) || phase === 'cancelled') && (
          <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        )}
        {busy && job && (
          <Button size="xs" variant="default" onClick={onCancel}>
            <Trans>Cancel</Trans>
          </Button>
        )}
        <ActionIcon aria-label={t`Remove ${name}`} title={t`Remove from this list`} onClick={onRemove}>
          <IconX size={18} stroke={1.7} />
        </ActionIcon>
        {phase === 'done' && <IconChevronRight className={classes.open} size={18} stroke={1.7} aria-hidden />}
      </div>
    </article>
  );
}

function Way({ view: { phase, fraction } }: { readonly view: TrackView }) {
  const { t } = useLingui();
  const sending = phase === 'sending';
  return (
    <div className={classes.way}>
      <span className={classes.words}>
        {sending ? (
          <Trans>Sending</Trans>
        ) : phase === 'working' ? (
          <Trans>Listening and measuring</Trans>
        ) : phase === 'queued' ? (
          <Trans>In line</Trans>
        ) : (
          <Trans>Waiting</Trans>
        )}
      </span>
      {(sending || phase === 'working') && (
        <Progress
          className={classes.bar}
          value={fraction * 100}
          size="sm"
          aria-label={sending ? t`Sending` : t`Progress of the analysis`}
        />
      )}
    </div>
  );
}

/** The answer in a word, why, and the numbers that people ask for first. */
function Answer({ view: { job } }: { readonly view: TrackView }) {
  const { i18n } = useLingui();
  const errorText = useAudioErrorText();
  const { data: analysis, error } = useAnalysis(job);
  const { locale } = i18n;
  if (error) return <p className={classes.error}>{errorText(error)}</p>;
  if (analysis === undefined) return <span className={classes.words}>…</span>;
  const answer = answerOf(analysis);
  const [worst] = analysis.verdicts;
  return (
    <div className={classes.answer}>
      <strong className={classes.word} data-answer={answer}>
        {i18n._(answerNames[answer])}
      </strong>
      <span className={classes.why}>{worst && textOf(worst, locale)}</span>
      <span className={classes.figures}>
        {levelText(analysis.loudness.integratedLufs, 'LUFS', locale)} ·{' '}
        {levelText(analysis.loudness.truePeakDbtp, 'dBTP', locale)} · {clockText(analysis.durationSeconds)}
      </span>
    </div>
  );
}
