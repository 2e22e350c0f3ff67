import { useLingui } from '@lingui/react/macro';
import { useMemo } from 'react';
import type { AlignedData } from 'uplot';
import type { Analysis } from '../../api/audio.ts';
import { axisLook, Plot } from './charts/plot.tsx';
import { useGutterPx } from './charts/use-gutter.ts';
import { clockText, levelText, numberText } from './figures.ts';
import { loudnessRange, timesOf, timeTicks } from './timeline-data.ts';

interface Props {
  readonly analysis: Analysis;
  readonly targetLufs: number | null;
}

/** The history of loudness and true peak; the line across is what the target asks for. */
export function LoudnessChart({ analysis, targetLufs }: Props) {
  const { t, i18n } = useLingui();
  const gutterPx = useGutterPx();
  const { series, loudness, durationSeconds } = analysis;
  const { locale } = i18n;
  const data = useMemo<AlignedData>(() => {
    const times = [...timesOf(series), durationSeconds];
    // The last point holds to the end.
    const whole = (values: readonly (number | null)[]) => [...values, values.at(-1) ?? null];
    return [
      times,
      whole(series.momentaryLufs),
      whole(series.shortTermLufs),
      whole(series.truePeakDbtp),
      times.map(() => targetLufs),
    ];
  }, [series, durationSeconds, targetLufs]);
  const integrated = levelText(loudness.integratedLufs, 'LUFS', locale);
  const peak = levelText(loudness.truePeakDbtp, 'dBTP', locale);
  const [from, to] = loudnessRange(series);

  return (
    <Plot
      label={t`Loudness over time: ${integrated} in all, highest peak ${peak}`}
      data={data}
      heightPx={190}
      version={`${locale} ${gutterPx}`}
      options={(ink) => ({
        padding: [8, 0, 0, 0],
        cursor: { show: false },
        scales: {
          x: { time: false, range: () => [0, durationSeconds] },
          y: { range: () => [from, to] },
        },
        axes: [
          {
            ...axisLook(ink),
            size: 24,
            grid: { show: false },
            splits: (plot) => [...timeTicks(durationSeconds, Math.max(2, Math.floor(plot.width / 80)))],
            values: (_plot, splits) => splits.map(clockText),
          },
          {
            ...axisLook(ink),
            size: gutterPx,
            splits: () => Array.from({ length: Math.floor((0 - from) / 10) + 1 }, (_, at) => from + at * 10),
            values: (_plot, splits) => splits.map((value) => numberText(value, locale, 0)),
          },
        ],
        series: [
          {},
          { stroke: ink('--chart-faint'), width: 1, points: { show: false } },
          { stroke: ink('--accent'), width: 2, points: { show: false } },
          { stroke: ink('--warn'), width: 1, points: { show: false } },
          { stroke: ink('--ink-soft'), width: 1, dash: [4, 4], points: { show: false } },
        ],
      })}
    />
  );
}
