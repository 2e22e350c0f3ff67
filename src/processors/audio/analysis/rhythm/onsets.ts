/** Parameters of madmom's SuperFlux.2016, in seconds. */
const maxBeforeSeconds = 0.01;
const maxAfterSeconds = 0.05;
const meanBeforeSeconds = 0.15;
const combineSeconds = 0.03;
/** Of the bands of our onset strength: the few bins of the low ones flicker even in noise. Found on pieces for training. */
export const onsetWeights = [0.15, 0.4, 1, 2];
/** Above the mean of what came before; found with the weights. */
const threshold = 0.23;

/**
 * Attacks: the highest value of its surroundings that stands out from what came before it.
 *
 * @param strength bands together, as `onsetWeights` says
 * @returns places in `strength`, rising
 * @see Böck & Widmer, Maximum filter vibrato suppression for onset detection, 2013
 */
export function pickOnsets(strength: Float32Array, rateHz: number): number[] {
  const before = Math.round(maxBeforeSeconds * rateHz);
  const after = Math.round(maxAfterSeconds * rateHz);
  const memory = Math.round(meanBeforeSeconds * rateHz);
  const apart = Math.round(combineSeconds * rateHz);
  const onsets: number[] = [];
  let sum = 0;
  for (let i = 0; i < strength.length; i += 1) {
    const here = strength[i] as number;
    sum += here;
    if (i > memory) sum -= strength[i - memory - 1] as number;
    if (here < threshold + sum / (memory + 1)) continue;
    if (i - (onsets.at(-1) ?? Number.NEGATIVE_INFINITY) <= apart) continue;
    if (isHighest(strength, i, i - before, i + after)) onsets.push(i);
  }
  return onsets;
}

function isHighest(values: Float32Array, at: number, from: number, to: number): boolean {
  const here = values[at] as number;
  for (let i = Math.max(0, from); i <= to && i < values.length; i += 1) if ((values[i] as number) > here) return false;
  return true;
}
