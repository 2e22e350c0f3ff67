import { Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import UPlot, { type AlignedData } from 'uplot';
import type { Analysis, Genre } from '../../api/audio.ts';
import { Figure } from './charts/figure.tsx';
import { FiguresTable } from './charts/figures-table.tsx';
import { Legend } from './charts/legend.tsx';
import { axisLook, Plot } from './charts/plot.tsx';
import { differenceText, figureText, frequencyText, levelText, numberText } from './figures.ts';
import { genreNames } from './names.ts';
import { curveRange, genreCurve, lineAt, referenceCurve } from './spectrum-data.ts';

interface Props {
  readonly analysis: Analysis;
  readonly genre: Genre;
}

type Show = 'curve' | 'thirds' | 'difference';

const heightPx = 260;
const hzMarks = [20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

/** The balance of bass and treble, against a genre's or the reference's. */
export function SpectrumFigure({ analysis, genre }: Props) {
  const { t, i18n } = useLingui();
  const { locale } = i18n;
  const [show, setShow] = useState<Show>('curve');
  const { spectrum, comparison } = analysis;
  const against = useMemo(
    () => (comparison ? referenceCurve(analysis) : genreCurve(spectrum.thirdOctaveDb, genre)),
    [analysis, comparison, spectrum, genre],
  );
  const againstName = comparison ? t`Reference, equally loud` : i18n._(genreNames[genre]);
  const options = [
    { value: 'curve', label: t`Curve` },
    { value: 'thirds', label: t`Third octaves` },
    ...(against ? [{ value: 'difference', label: t`Difference` }] : []),
  ];
  const shown = show === 'difference' && !against ? 'curve' : show;

  return (
    <Figure
      title={<Trans>Spectrum</Trans>}
      lead={
        <Trans>
          Centre of brightness {frequencyText(spectrum.centroidHz, locale)}, slope{' '}
          {figureText(spectrum.tiltDbPerOctave, t`dB per octave`, locale)}, content up to{' '}
          {frequencyText(spectrum.highestHz, locale)}
        </Trans>
      }
      table={() => (
        <FiguresTable
          caption={t`Level of each third of an octave`}
          scrolls
          head={against ? [t`Band`, t`Level`, againstName, t`Difference`] : [t`Band`, t`Level`]}
          rows={spectrum.thirdOctaveDb.map(({ centerHz, db }) => {
            const other = against === undefined ? null : lineAt(against, centerHz);
            const level = [frequencyText(centerHz, locale), levelText(db, 'dB', locale)];
            if (against === undefined) return level;
            const difference = db === null || other === null ? null : db - other;
            return [...level, levelText(other, 'dB', locale), differenceText(difference, 'dB', locale)];
          })}
        />
      )}
    >
      <SegmentedControl
        size="xs"
        aria-label={t`Show`}
        value={shown}
        data={options}
        onChange={(value) => setShow(value as Show)}
      />
      {shown === 'curve' ? (
        <Curve analysis={analysis} against={against} locale={locale} />
      ) : (
        <Thirds analysis={analysis} against={shown === 'difference' ? against : undefined} locale={locale} />
      )}
      <Legend
        entries={[
          { tone: 'accent', label: t`This recording` },
          ...(against ? [{ tone: 'other' as const, label: againstName }] : []),
        ]}
      />
    </Figure>
  );
}

type Against = ReturnType<typeof genreCurve>;

interface ViewProps {
  readonly analysis: Analysis;
  readonly against: Against;
  readonly locale: string;
}

function hzLabel(hz: number, locale: string): string {
  return hz < 1_000 ? numberText(hz, locale, 0) : `${numberText(hz / 1_000, locale, 0)}k`;
}

function Curve({ analysis: { spectrum }, against, locale }: ViewProps) {
  const { t } = useLingui();
  const data = useMemo<AlignedData>(
    () => [
      spectrum.curve.map(({ hz }) => hz),
      spectrum.curve.map(({ db }) => db),
      spectrum.curve.map(({ hz }) => (against ? lineAt(against, hz) : null)),
    ],
    [spectrum, against],
  );
  const [from, to] = curveRange(spectrum.curve.map(({ db }) => db));
  return (
    <Plot
      label={t`Spectrum from 20 Hz to 20 kHz`}
      data={data}
      heightPx={heightPx}
      version={locale}
      options={(ink) => ({
        padding: [8, 14, 0, 0],
        cursor: { show: false },
        scales: { x: { time: false, distr: 3, range: () => [20, 20_000] }, y: { range: () => [from, to] } },
        axes: [
          {
            ...axisLook(ink),
            size: 24,
            splits: () => hzMarks,
            filter: (plot, splits) => splits.map((hz, at) => (plot.width > 420 || at % 3 === 0 ? hz : null)),
            values: (_plot, splits) => splits.map((hz) => (hz === null ? null : hzLabel(hz, locale))),
          },
          {
            ...axisLook(ink),
            size: 36,
            values: (_plot, splits) => splits.map((value) => numberText(value, locale, 0)),
          },
        ],
        series: [
          {},
          { stroke: ink('--accent'), fill: `${ink('--accent')}1f`, fillTo: from, width: 2, points: { show: false } },
          { stroke: ink('--chart-other'), width: 1.5, dash: [6, 4], points: { show: false } },
        ],
      })}
    />
  );
}

/** With something to hold it against: how much more or less of each band there is. */
function Thirds({ analysis: { spectrum }, against, locale }: ViewProps) {
  const { t } = useLingui();
  const thirds = spectrum.thirdOctaveDb;
  const values = useMemo(
    () =>
      thirds.map(({ centerHz, db }) => {
        if (against === undefined) return db;
        const other = lineAt(against, centerHz);
        return db === null || other === null ? null : db - other;
      }),
    [thirds, against],
  );
  const data = useMemo<AlignedData>(() => [values.map((_value, at) => at), values], [values]);
  const [from, to] = against === undefined ? curveRange(values) : differenceRange(values);
  return (
    <Plot
      label={against ? t`Difference in each third of an octave` : t`Level of each third of an octave`}
      data={data}
      heightPx={heightPx}
      version={`${locale} ${against ? 'difference' : ''}`}
      options={(ink) => ({
        padding: [8, 14, 0, 0],
        cursor: { show: false },
        scales: { x: { time: false, range: () => [-0.7, thirds.length - 0.3] }, y: { range: () => [from, to] } },
        axes: [
          {
            ...axisLook(ink),
            size: 24,
            grid: { show: false },
            splits: () =>
              thirds.flatMap(({ centerHz }, at) => (hzMarks.includes(centerHz) || centerHz === 31.5 ? at : [])),
            filter: (plot, splits) => splits.map((at, index) => (plot.width > 420 || index % 3 === 0 ? at : null)),
            values: (_plot, splits) =>
              splits.map((at) => (at === null ? null : hzLabel(thirds[at]?.centerHz ?? 0, locale))),
          },
          {
            ...axisLook(ink),
            size: 36,
            values: (_plot, splits) => splits.map((value) => numberText(value, locale, 0)),
          },
        ],
        series: [
          {},
          {
            fill: ink('--accent'),
            width: 0,
            points: { show: false },
            fillTo: against ? 0 : from,
            ...(UPlot.paths.bars && { paths: UPlot.paths.bars({ size: [0.72, 40], radius: against ? 0 : 0.2 }) }),
          },
        ],
      })}
    />
  );
}

function differenceRange(values: readonly (number | null)[]): readonly [number, number] {
  const most = Math.max(6, ...values.map((value) => Math.abs(value ?? 0)));
  const edge = Math.min(24, Math.ceil(most / 3) * 3);
  return [-edge, edge];
}
