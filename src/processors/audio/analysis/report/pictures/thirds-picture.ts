import { balanceCurve, differenceToCurve } from '../../verdicts/balance-curve.ts';
import { type Box, label, line, type Picture, type Point, rect, type Shape } from '../drawing.ts';
import type { ReportSubject } from '../report-options.ts';
import { frequencyName, frequencyTicks, linear, steps, valueGrid } from './scales.ts';

const gutter = 44;
const plotHeight = 150;
/** Up and down from zero: the first that all bars fit in, or the last. */
const rangesDb = [12, 18, 24] as const;
/** Between two mixes; between a mix and a genre, the curve says it. */
const referenceToleranceDb = 3;

export interface Difference {
  readonly centerHz: number;
  readonly db: number | null;
  readonly toleranceDb: number;
}

/** What the bars show: against the reference where there is one, and against the genre where one is chosen. */
export function differencesToReference({ analysis }: ReportSubject): readonly Difference[] | null {
  if (analysis.comparison === undefined) return null;
  return analysis.comparison.thirdOctaveDb.map((point) => ({ ...point, toleranceDb: referenceToleranceDb }));
}

export function differencesToGenre({ analysis, genre }: ReportSubject): readonly Difference[] | null {
  const curve = balanceCurve(genre);
  const compared = curve && differenceToCurve(analysis.spectrum.thirdOctaveDb, curve);
  if (curve === null || compared === null) return null;
  return compared.bands.map((point) => ({
    ...point,
    toleranceDb: curve.find(({ centerHz }) => centerHz === point.centerHz)?.toleranceDb ?? rangesDb[0],
  }));
}

/** Bars up and down from zero; what lies within the tolerance is calm. */
export function differencePicture(
  { speech }: ReportSubject,
  differences: readonly Difference[],
  width: number,
): Picture {
  const box: Box = { x: gutter, y: 18, width: width - gutter - 10, height: plotHeight };
  const largest = Math.max(...differences.map(({ db }) => Math.abs(db ?? 0)));
  const rangeDb = rangesDb.find((range) => largest <= range) ?? rangesDb[2];
  const y = linear([-rangeDb, rangeDb], [box.y + box.height, box.y]);
  const slot = box.width / Math.max(1, differences.length);
  const left = (index: number) => box.x + index * slot;
  const edge = (sign: number) =>
    differences.flatMap(({ toleranceDb }, index): Point[] => [
      [left(index), y(sign * toleranceDb)],
      [left(index + 1), y(sign * toleranceDb)],
    ]);
  const tolerance: Shape = { kind: 'path', points: [...edge(1), ...edge(-1).reverse()], closed: true, fill: 'sunk' };
  const bars = differences.flatMap(({ db, toleranceDb }, index): Shape[] => {
    if (db === null) return [];
    const [top, bottom] = [y(Math.max(db, 0)), y(Math.min(db, 0))];
    const bar = { x: left(index) + slot * 0.16, y: top, width: slot * 0.68, height: Math.max(1, bottom - top) };
    return [rect(bar, Math.abs(db) > toleranceDb ? 'warn' : 'accent', { radius: 1.5 })];
  });
  return {
    width,
    height: box.y + box.height + 24,
    shapes: [
      tolerance,
      ...valueGrid(box, y, steps(-rangeDb, rangeDb, 6), (tick) => speech.signed(tick)),
      line([box.x, y(0)], [box.x + box.width, y(0)], 'soft'),
      ...bars,
      label(box.x - 8, box.y - 8, 'dB', { anchor: 'end' }),
      ...bandNames(differences, box, slot, speech),
    ],
  };
}

/** Levels as they are, for who chose neither genre nor reference. */
export function levelPicture({ analysis, speech }: ReportSubject, width: number): Picture {
  const bands = analysis.spectrum.thirdOctaveDb;
  const box: Box = { x: gutter, y: 18, width: width - gutter - 10, height: plotHeight };
  const highest = Math.max(...bands.flatMap(({ db }) => (db === null ? [] : [db])), -120);
  const top = Math.ceil((highest + 2) / 12) * 12;
  const y = linear([top - 60, top], [box.y + box.height, box.y]);
  const slot = box.width / Math.max(1, bands.length);
  const bottom = box.y + box.height;
  return {
    width,
    height: bottom + 24,
    shapes: [
      ...valueGrid(box, y, steps(top - 60, top, 12), (tick) => speech.number(tick)),
      ...bands.flatMap(({ db }, index) =>
        db === null
          ? []
          : [
              rect(
                { x: box.x + index * slot + slot * 0.16, y: y(db), width: slot * 0.68, height: bottom - y(db) },
                'accent',
                { radius: 1.5 },
              ),
            ],
      ),
      label(box.x - 8, box.y - 8, 'dB', { anchor: 'end' }),
      ...bandNames(bands, box, slot, speech),
    ],
  };
}

function bandNames(
  bands: readonly { readonly centerHz: number }[],
  box: Box,
  slot: number,
  speech: ReportSubject['speech'],
): Shape[] {
  const ticks = frequencyTicks(box.width, [20, 20_000]);
  return [
    label(box.x, box.y + box.height + 16, 'Hz', { anchor: 'end' }),
    ...bands.flatMap(({ centerHz }, index) =>
      ticks.includes(centerHz)
        ? [
            label(box.x + (index + 0.5) * slot, box.y + box.height + 16, frequencyName(centerHz, speech), {
              anchor: 'middle',
            }),
          ]
        : [],
    ),
  ];
}
