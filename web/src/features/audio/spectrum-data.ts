import { balanceCurve, differenceToCurve } from '../../../../src/processors/audio/analysis/verdicts/balance-curve.ts';
import type { Analysis, Genre } from '../../api/audio.ts';

type Level = number | null;

/** A line across the spectrum, low to high. */
export type Line = readonly { readonly hz: number; readonly db: Level }[];

/** What is usual in a genre, moved over this recording as the verdicts do it; undefined for no genre. */
export function genreCurve(thirds: Analysis['spectrum']['thirdOctaveDb'], genre: Genre): Line | undefined {
  const curve = balanceCurve(genre);
  if (curve === null) return undefined;
  const offsetDb = differenceToCurve(thirds, curve)?.offsetDb;
  return offsetDb === undefined ? undefined : curve.map(({ centerHz, db }) => ({ hz: centerHz, db: db + offsetDb }));
}

/** The reference's spectrum, as loud as this recording. */
export function referenceCurve({ comparison }: Pick<Analysis, 'comparison'>): Line | undefined {
  if (comparison === undefined) return undefined;
  const lift = comparison.loudnessDb ?? 0;
  return comparison.reference.curve.map(({ hz, db }) => ({ hz, db: db === null ? null : db + lift }));
}

/** The line at a frequency, straight between its points over octaves; null beyond its ends. */
export function lineAt(line: Line, hz: number): Level {
  const after = line.findIndex((point) => point.hz >= hz);
  const right = line[after];
  if (right === undefined) return null;
  const left = line[after - 1];
  // Centres of bands are round numbers: the first and the last may be a hair beside.
  if (left === undefined) return right.hz / hz < 1.01 ? right.db : null;
  if (left.db === null || right.db === null) return null;
  const share = Math.log(hz / left.hz) / Math.log(right.hz / left.hz);
  return left.db + (right.db - left.db) * share;
}

/** In tens; what is 60 dB below the highest is not worth the room. */
export function curveRange(levels: readonly Level[]): readonly [from: number, to: number] {
  const known = levels.filter((level) => level !== null);
  if (known.length === 0) return [-80, 0];
  const top = Math.ceil((Math.max(...known) + 2) / 10) * 10;
  return [Math.max(top - 70, Math.floor(Math.min(...known) / 10) * 10), top];
}
