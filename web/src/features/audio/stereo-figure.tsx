import { Trans, useLingui } from '@lingui/react/macro';
import { type CSSProperties, useMemo } from 'react';
import type { AlignedData } from 'uplot';
import type { Analysis } from '../../api/audio.ts';
import { Figure } from './charts/figure.tsx';
import { FiguresTable } from './charts/figures-table.tsx';
import { axisLook, Plot } from './charts/plot.tsx';
import { clockText, differenceText, figureText, frequencyText, levelText, numberText } from './figures.ts';
import { bandNames } from './names.ts';
import classes from './stereo-figure.module.css';
import { stretchesOf, timesOf, timeTicks } from './timeline-data.ts';

interface Props {
  readonly analysis: Analysis;
}

/** How the two channels belong together, over time and from low to high. */
export function StereoFigure({ analysis }: Props) {
  const { t, i18n } = useLingui();
  const { locale } = i18n;
  const { stereo, series, durationSeconds } = analysis;
  if (stereo === null) {
    return (
      <Figure title={<Trans>Stereo</Trans>}>
        <p className={classes.mono}>
          <Trans>This recording has one channel: there is nothing to compare.</Trans>
        </p>
      </Figure>
    );
  }
  return (
    <Figure
      title={<Trans>Stereo</Trans>}
      lead={
        <Trans>
          Correlation {figureText(stereo.correlation, '', locale)}, width{' '}
          {figureText(stereo.widthPercent, '%', locale, 0)}, in mono{' '}
          {levelText(stereo.monoCompatibilityDb, 'dB', locale)}, left to right{' '}
          {differenceText(stereo.balanceDb, 'dB', locale)}
        </Trans>
      }
      table={() => (
        <FiguresTable
          caption={t`Correlation over time`}
          scrolls
          head={[t`From`, t`Lowest correlation`]}
          rows={stretchesOf(series, durationSeconds).map(({ startSeconds, correlation }) => [
            clockText(startSeconds),
            figureText(correlation, '', locale),
          ])}
        />
      )}
    >
      <CorrelationChart analysis={analysis} locale={locale} />
      <FiguresTable
        caption={t`Stereo by band`}
        head={[t`Band`, t`Width`, t`Correlation`, t`In mono`]}
        rows={stereo.bands.map((band) => [
          <span key="name" className={classes.band}>
            {i18n._(bandNames[band.name])}
            <small>
              {frequencyText(band.fromHz, locale)} – {frequencyText(band.toHz, locale)}
            </small>
          </span>,
          <span key="width" className={classes.width}>
            <span
              className={classes.meter}
              style={{ '--share': (band.widthPercent ?? 0) / 100 } as CSSProperties}
              aria-hidden
            />
            {figureText(band.widthPercent, '%', locale, 0)}
          </span>,
          figureText(band.correlation, '', locale),
          levelText(band.monoCompatibilityDb, 'dB', locale),
        ])}
      />
    </Figure>
  );
}

function CorrelationChart({ analysis, locale }: Props & { readonly locale: string }) {
  const { t } = useLingui();
  const { series, durationSeconds } = analysis;
  const data = useMemo<AlignedData>(() => {
    const times = [...timesOf(series), durationSeconds];
    return [times, [...series.correlation, series.correlation.at(-1) ?? null]];
  }, [series, durationSeconds]);
  return (
    <Plot
      label={t`Correlation over time; below zero, mono loses something`}
      data={data}
      heightPx={130}
      version={locale}
      options={(ink) => ({
        padding: [8, 4, 0, 0],
        cursor: { show: false },
        scales: { x: { time: false, range: () => [0, durationSeconds] }, y: { range: () => [-1, 1] } },
        axes: [
          {
            ...axisLook(ink),
            size: 24,
            grid: { show: false },
            splits: (plot) => [...timeTicks(durationSeconds, Math.max(2, Math.floor(plot.width / 90)))],
            values: (_plot, splits) => splits.map(clockText),
          },
          {
            ...axisLook(ink),
            size: 36,
            splits: () => [-1, 0, 1],
            values: (_plot, splits) => splits.map((value) => numberText(value, locale, 0)),
          },
        ],
        series: [
          {},
          { stroke: ink('--accent'), fill: `${ink('--accent')}1f`, fillTo: 0, width: 1.5, points: { show: false } },
        ],
      })}
    />
  );
}
