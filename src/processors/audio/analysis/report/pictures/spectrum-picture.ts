import { balanceCurve, differenceToCurve } from '../../verdicts/balance-curve.ts';
import { genreTitles } from '../../verdicts/genre-titles.ts';
import { type Box, type LegendEntry, label, legend, lines, type Picture, type Point, type Shape } from '../drawing.ts';
import type { ReportSubject } from '../report-options.ts';
import { bottomGrid, frequencyName, frequencyTicks, linear, logarithmic, steps, valueGrid } from './scales.ts';

const gutter = 44;
const plotHeight = 230;
/** Of the levels that are drawn; what is lower is not heard beside the rest. */
const spanDb = { least: 48, most: 78 } as const;
export const spectrumRangeHz = [20, 20_000] as const;

/** The mean spectrum, over the curve of the genre and beside the reference where there are such. */
export function spectrumPicture(subject: ReportSubject, width: number): Picture {
  const { analysis, genre, phrases, speech, language } = subject;
  const { curve, thirdOctaveDb } = analysis.spectrum;
  const usual = balanceCurve(genre);
  const offsetDb = usual === null ? null : (differenceToCurve(thirdOctaveDb, usual)?.offsetDb ?? null);
  const entries: LegendEntry[] = [
    { text: phrases.thisTrack, tone: 'accent', sign: 'line' },
    ...(offsetDb === null
      ? []
      : [{ text: phrases.genreCurve(genreTitles[genre][language]), tone: 'soft', sign: 'dashes' } as const]),
    ...(analysis.comparison === undefined ? [] : [{ text: phrases.reference, tone: 'second', sign: 'line' } as const]),
  ];
  const legendBox = legend(entries, { x: gutter, y: 0, width: width - gutter });
  const box: Box = { x: gutter, y: legendBox.height + 18, width: width - gutter - 10, height: plotHeight };
  const x = logarithmic(spectrumRangeHz, [box.x, box.x + box.width]);
  const highest = Math.max(...curve.flatMap(({ db }) => (db === null ? [] : [db])), -120);
  const top = Math.ceil((highest + 4) / 6) * 6;
  const lowest = Math.min(...curve.flatMap(({ hz, db }) => (db === null || hz < 30 || hz > 16_000 ? [] : [db])), top);
  const bottom = Math.max(top - spanDb.most, Math.min(top - spanDb.least, Math.floor((lowest - 4) / 6) * 6));
  const y = linear([bottom, top], [box.y + box.height, box.y]);
  const path = (points: readonly { readonly hz: number; readonly db: number | null }[], shift: number) =>
    points.map(({ hz, db }): Point | null => (db === null ? null : [x(hz), y(db + shift)]));
  const shapes: Shape[] = [
    ...(usual === null || offsetDb === null
      ? []
      : [
          band(
            usual.map((point) => ({ ...point, db: point.db + offsetDb })),
            x,
            y,
          ),
        ]),
    ...bottomGrid(box, x, frequencyTicks(box.width, spectrumRangeHz), (tick) => frequencyName(tick, speech)),
    ...valueGrid(box, y, steps(bottom, top, 12), (tick) => speech.number(tick)),
    label(box.x - 8, box.y - 8, 'dB', { anchor: 'end' }),
    label(box.x, box.y + box.height + 16, 'Hz', { anchor: 'end' }),
    ...(usual === null || offsetDb === null
      ? []
      : lines(
          path(
            usual.map(({ centerHz, db }) => ({ hz: centerHz, db })),
            offsetDb,
          ),
          {
            stroke: 'soft',
            strokeWidth: 1.3,
            dashes: [5, 4],
          },
        )),
    ...referenceLine(subject, path),
    ...lines(path(curve, 0), { stroke: 'accent', strokeWidth: 2 }),
  ];
  return { width, height: box.y + box.height + 24, shapes: [...legendBox.shapes, ...shapes] };
}

function band(
  points: readonly { readonly centerHz: number; readonly db: number; readonly toleranceDb: number }[],
  x: (hz: number) => number,
  y: (db: number) => number,
): Shape {
  const edge = (sign: number) =>
    points.map(({ centerHz, db, toleranceDb }): Point => [x(centerHz), y(db + sign * toleranceDb)]);
  return { kind: 'path', points: [...edge(1), ...edge(-1).reverse()], closed: true, fill: 'sunk' };
}

/** At equal loudness: the louder of two spectra is not the one with more of everything. */
function referenceLine(
  { analysis: { comparison } }: ReportSubject,
  path: (points: readonly { readonly hz: number; readonly db: number | null }[], shift: number) => (Point | null)[],
): Shape[] {
  if (comparison === undefined) return [];
  return lines(path(comparison.reference.curve, comparison.loudnessDb ?? 0), { stroke: 'second', strokeWidth: 1.6 });
}
