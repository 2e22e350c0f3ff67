import type { Stereo } from '../analysis.ts';
import { createPlaceList } from '../place-list.ts';
import { correlationOf, type Products } from './products.ts';

const mostCorrelation = -0.5;
const leastSeconds = 1;
/** −60 dBFS in the mean of both channels. */
const leastPower = 1e-6;
/** A step is judged with its neighbours: a bass note is longer than one. */
const judgedSteps = 5;
const mostInversions = 100;

/**
 * Stretches of a second and more that can be heard, and cancel in mono.
 *
 * @returns at most 100, the longest, in the order of time
 */
export function findInversions(steps: readonly Products[], stepSeconds: number): Stereo['inversions'] {
  const found = createPlaceList<Stereo['inversions'][number]>(
    mostInversions,
    ({ startSeconds, endSeconds }) => endSeconds - startSeconds,
  );
  let first: number | null = null;
  for (let step = 0; step <= steps.length; step++) {
    const inverted = step < steps.length && isInverted(steps, step);
    if (inverted) first ??= step;
    if (inverted || first === null) continue;
    if ((step - first) * stepSeconds >= leastSeconds - 1e-9) {
      const correlation = correlationOf(sumOf(steps, first, step)) ?? -1;
      found.add({ startSeconds: first * stepSeconds, endSeconds: step * stepSeconds, correlation });
    }
    first = null;
  }
  return found.inOrder();
}

function isInverted(steps: readonly Products[], step: number): boolean {
  const own = steps[step];
  if (own === undefined || own.left + own.right < 2 * leastPower) return false;
  const half = (judgedSteps - 1) / 2;
  const correlation = correlationOf(sumOf(steps, Math.max(0, step - half), Math.min(steps.length, step + half + 1)));
  return correlation !== null && correlation < mostCorrelation;
}

function sumOf(steps: readonly Products[], first: number, end: number): Products {
  let [left, right, cross] = [0, 0, 0];
  for (let step = first; step < end; step++) {
    left += steps[step]?.left ?? 0;
    right += steps[step]?.right ?? 0;
    cross += steps[step]?.cross ?? 0;
  }
  return { left, right, cross };
}
