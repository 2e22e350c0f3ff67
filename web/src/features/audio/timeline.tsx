import { Trans, useLingui } from '@lingui/react/macro';
import { Button, useComputedColorScheme } from '@mantine/core';
import { IconChartLine, IconTable } from '@tabler/icons-react';
import { type CSSProperties, useRef, useState } from 'react';
import type { Analysis } from '../../api/audio.ts';
import type { JobOutput } from '../../api/job.ts';
import { FiguresTable } from './charts/figures-table.tsx';
import { clockText, figureText, levelText, spokenClock } from './figures.ts';
import { LoudnessChart } from './loudness-chart.tsx';
import { bandNames } from './names.ts';
import type { Transport } from './player/transport.ts';
import { keySeek, pointerSeek } from './player/use-seek.ts';
import { useCoarseTime, useFrames } from './player/use-transport.ts';
import { type Peaks, Wave } from './player/wave.tsx';
import { Spectrogram } from './spectrogram.tsx';
import classes from './timeline.module.css';
import { stretchesOf, valueAt } from './timeline-data.ts';

interface Props {
  readonly analysis: Analysis;
  /** Finer than the analysis' own, once the preview is made. */
  readonly peaks: Peaks | undefined;
  readonly transport: Transport | undefined;
  readonly spectrogram: JobOutput | undefined;
  /** The loudness that the target asks for. */
  readonly targetLufs: number | null;
}

const waveHeightPx = 112;

/** Everything over time, one under the other on one scale: waveform, loudness, spectrogram. A click goes there. */
export function Timeline({ analysis, peaks, transport, spectrogram, targetLufs }: Props) {
  const { t, i18n } = useLingui();
  const { locale } = i18n;
  const rows = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const { durationSeconds, series } = analysis;
  useFrames(transport, (seconds) =>
    rows.current?.style.setProperty('--at', String(durationSeconds > 0 ? seconds / durationSeconds : 0)),
  );
  const pointer = pointerSeek(transport);

  return (
    <section className={classes.timeline} aria-label={t`The recording over time`}>
      <header className={classes.head}>
        <Readout analysis={analysis} transport={transport} />
        <Button
          variant="subtle"
          size="compact-sm"
          color="gray"
          className={classes.toggle}
          leftSection={asTable ? <IconChartLine size={16} aria-hidden /> : <IconTable size={16} aria-hidden />}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? <Trans>Picture</Trans> : <Trans>Table</Trans>}
        </Button>
      </header>
      <div ref={rows} className={classes.rows}>
        <div className={classes.wave} {...pointer}>
          <Position transport={transport} durationSeconds={durationSeconds} />
          <Wave
            peaks={peaks ?? analysis.waveform}
            durationSeconds={durationSeconds}
            transport={transport}
            heightPx={waveHeightPx}
            scheme={scheme}
          />
          <Marks analysis={analysis} />
        </div>
        {asTable ? (
          <div className={classes.table}>
            <FiguresTable
              caption={t`Loudness over time`}
              scrolls
              head={[t`From`, t`Momentary`, t`Short-term`, t`True peak`]}
              rows={stretchesOf(series, durationSeconds).map((stretch) => [
                clockText(stretch.startSeconds),
                levelText(stretch.momentaryLufs, 'LUFS', locale),
                levelText(stretch.shortTermLufs, 'LUFS', locale),
                levelText(stretch.truePeakDbtp, 'dBTP', locale),
              ])}
            />
            <FiguresTable
              caption={t`Level of each band over time`}
              scrolls
              head={[t`From`, ...Object.values(bandNames).map((name) => i18n._(name))]}
              rows={stretchesOf(series, durationSeconds).map(({ startSeconds, bandsDb }) => [
                clockText(startSeconds),
                ...bandsDb.map((db) => levelText(db, 'dB', locale)),
              ])}
            />
          </div>
        ) : (
          <>
            <div className={classes.loudness}>
              <LoudnessChart analysis={analysis} targetLufs={targetLufs} />
              <div className={classes.cover} {...pointer} />
            </div>
            {spectrogram && <Spectrogram output={spectrogram} durationSeconds={durationSeconds} pointer={pointer} />}
          </>
        )}
        {!asTable && <span className={classes.playhead} aria-hidden />}
      </div>
    </section>
  );
}

/** The waveform for keys and for those who do not see it. */
function Position({
  transport,
  durationSeconds,
}: {
  readonly transport: Transport | undefined;
  readonly durationSeconds: number;
}) {
  const { t, i18n } = useLingui();
  const seconds = useCoarseTime(transport, 1_000);
  const now = spokenClock(seconds, i18n.locale);
  const all = spokenClock(durationSeconds, i18n.locale);
  return (
    <span
      className={classes.position}
      role="slider"
      tabIndex={0}
      aria-label={t`Position in the recording`}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationSeconds)}
      aria-valuenow={Math.round(seconds)}
      aria-valuetext={t`${now} of ${all}`}
      aria-disabled={transport === undefined}
      onKeyDown={keySeek(transport)}
    />
  );
}

/** Where it clips and where its peaks are too high. */
function Marks({ analysis: { dynamics, loudness, durationSeconds } }: { readonly analysis: Analysis }) {
  const marks = [
    ...loudness.peaks.map((place) => ({ ...place, kind: 'peak' as const })),
    ...dynamics.clips.map((place) => ({ ...place, kind: 'clip' as const })),
  ];
  return (
    <div className={classes.marks} aria-hidden>
      {marks.map(({ kind, channel, startSeconds }) => (
        <span
          key={`${kind} ${channel} ${startSeconds}`}
          className={classes.mark}
          data-kind={kind}
          style={{ '--place': startSeconds / durationSeconds } as CSSProperties}
        />
      ))}
    </div>
  );
}

/** What holds where the play head is. */
function Readout({
  analysis: { series, dynamics, loudness },
  transport,
}: {
  readonly analysis: Analysis;
  readonly transport: Transport | undefined;
}) {
  const { i18n } = useLingui();
  const seconds = useCoarseTime(transport, 100);
  // Before its window is full, a meter has nothing to say.
  const at = (values: readonly (number | null)[], unit: string, windowSeconds = 0): string => {
    const value = valueAt(values, series.stepSeconds, seconds);
    return value === null && seconds < windowSeconds
      ? figureText(null, unit, i18n.locale)
      : levelText(value, unit, i18n.locale);
  };
  return (
    <dl className={classes.readout}>
      <div data-series="momentary">
        <dt>
          <Trans>Momentary</Trans>
        </dt>
        <dd>{at(series.momentaryLufs, 'LUFS', 0.5)}</dd>
      </div>
      <div data-series="short-term">
        <dt>
          <Trans>Short-term</Trans>
        </dt>
        <dd>{at(series.shortTermLufs, 'LUFS', 3)}</dd>
      </div>
      <div data-series="peak">
        <dt>
          <Trans>True peak</Trans>
        </dt>
        <dd>{at(series.truePeakDbtp, 'dBTP')}</dd>
      </div>
      {loudness.peaks.length > 0 && (
        <div data-series="mark-peak">
          <dt>
            <Trans>Above −1 dBTP</Trans>
          </dt>
        </div>
      )}
      {dynamics.clips.length > 0 && (
        <div data-series="mark-clip">
          <dt>
            <Trans>Clipped</Trans>
          </dt>
        </div>
      )}
    </dl>
  );
}
