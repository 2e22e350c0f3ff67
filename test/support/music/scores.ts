import { pitchNames } from './piece.ts';

const names: readonly string[] = pitchNames;

/** What MIREX and its tools count, for one piece; means over many are what papers print. */

/** @returns whether a tempo is right within 4 % (Accuracy 1), and whether it is up to a factor of 2 or 3 (Accuracy 2) */
export function scoreTempo(foundBpm: number | null, trueBpm: number): { readonly acc1: number; readonly acc2: number } {
  const isRight = (factor: number) => foundBpm !== null && Math.abs(foundBpm / (trueBpm * factor) - 1) <= 0.04;
  return { acc1: Number(isRight(1)), acc2: Number([1, 2, 3, 1 / 2, 1 / 3].some(isRight)) };
}

/** @returns 1 when the key is right, and MIREX's credit for near ones: fifth 0.5, relative 0.3, parallel 0.2 */
export function scoreKey(found: string | null, truth: string): { readonly exact: number; readonly weighted: number } {
  if (found === truth) return { exact: 1, weighted: 1 };
  if (found === null) return { exact: 0, weighted: 0 };
  const [a, b] = [parseKey(found), parseKey(truth)];
  const up = (a.tonic - b.tonic + 12) % 12;
  if (a.mode === b.mode) return { exact: 0, weighted: up === 7 || up === 5 ? 0.5 : 0 };
  const isRelative = up === (b.mode === 'major' ? 9 : 3);
  return { exact: 0, weighted: isRelative ? 0.3 : up === 0 ? 0.2 : 0 };
}

/**
 * Harmonic mean of precision and recall of moments, each of which may be hit once.
 *
 * @param found rising
 * @param truth rising
 */
export function fMeasure(found: readonly number[], truth: readonly number[], toleranceSeconds: number): number {
  let [hits, i, j] = [0, 0, 0];
  while (i < found.length && j < truth.length) {
    const late = (found[i] as number) - (truth[j] as number);
    if (Math.abs(late) <= toleranceSeconds) {
      hits += 1;
      i += 1;
      j += 1;
    } else if (late < 0) i += 1;
    else j += 1;
  }
  return found.length + truth.length === 0 ? 1 : (2 * hits) / (found.length + truth.length);
}

function parseKey(key: string): { tonic: number; mode: string } {
  const [name = '', mode = ''] = key.split(' ');
  return { tonic: names.indexOf(name), mode };
}
