import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { PeriodicityKernel } from './periodicity.ts';

/** How much a beat that comes early or late costs; librosa's. */
const tightness = 100;
/** Part of the mean strength on beats. */
const audible = 0.05;
/** Too few for their line to be better than a correlation. */
const fewBeats = 8;

/**
 * The beats of a recording whose tempo is known: the path from beat to beat that meets the most strength and keeps its
 * distances.
 *
 * @param kernel that `loadPeriodicity` gives
 * @param strength smoothed to some hundredths of a second
 * @param period values between two beats
 * @returns places in `strength`, rising
 * @see Ellis, Beat tracking by dynamic programming, 2007
 */
export function trackBeats(dsp: Dsp, kernel: PeriodicityKernel, strength: Float32Array, period: number): number[] {
  const scale = deviation(strength);
  if (scale === 0) return [];
  const nearest = Math.max(1, Math.round(period / 2));
  // An even number of lags suits the kernel.
  const lags = 2 * Math.ceil((1.5 * period) / 2);
  const farthest = nearest + lags - 1;
  const costs = Float64Array.from({ length: lags }, (_, i) => tightness * Math.log((farthest - i) / period) ** 2);
  const strengthPointer = dsp.allocate(strength.length);
  const costPointer = dsp.allocate(2 * lags);
  const before = 2 * Math.ceil(farthest / 2);
  const totalPointer = dsp.allocate(2 * (before + strength.length));
  dsp.floats(strengthPointer, strength.length).set(strength);
  dsp.doubles(costPointer, lags).set(costs);
  dsp.doubles(totalPointer, before).fill(-1e300);
  kernel.bestPaths(strengthPointer, 1 / scale, totalPointer + before * 8, costPointer, farthest, lags, strength.length);
  const beats = backtrack(dsp.doubles(totalPointer + before * 8, strength.length), costs, farthest, period);
  for (const pointer of [strengthPointer, costPointer, totalPointer]) dsp.free(pointer);
  return trimmed(beats, strength);
}

/**
 * The tempo of a grid of beats: the slope of a line through all of them, which no single one can bend.
 *
 * @param tempoBpm about what it is; stays where beats are few or follow another tempo, as in a recording of many pieces
 */
export function settledTempo(beatsSeconds: readonly number[], tempoBpm: number): number {
  const beatSeconds = 60 / tempoBpm;
  const counts: number[] = [];
  for (const [i, beat] of beatsSeconds.entries()) {
    const since = i === 0 ? 0 : Math.round((beat - (beatsSeconds[i - 1] as number)) / beatSeconds);
    counts.push((counts.at(-1) ?? 0) + since);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanCount, meanSeconds] = [mean(counts), mean(beatsSeconds)];
  let [products, squares] = [0, 0];
  for (const [i, count] of counts.entries()) {
    products += (count - meanCount) * ((beatsSeconds[i] as number) - meanSeconds);
    squares += (count - meanCount) ** 2;
  }
  const settled = (60 * squares) / products;
  return counts.length >= fewBeats && Math.abs(settled / tempoBpm - 1) < 0.005 ? settled : tempoBpm;
}

/** From the best end within the last period back to where a path began. */
function backtrack(total: Float64Array, costs: Float64Array, farthest: number, period: number): number[] {
  let at = Math.max(0, total.length - Math.ceil(period));
  for (let i = at; i < total.length; i += 1) if ((total[i] as number) > (total[at] as number)) at = i;
  const beats: number[] = [];
  while (at >= 0) {
    beats.push(at);
    let [most, from] = [0, -1];
    for (let k = 0; k < costs.length; k += 1) {
      const score = (total[at - farthest + k] ?? Number.NEGATIVE_INFINITY) - (costs[k] as number);
      if (score > most) [most, from] = [score, at - farthest + k];
    }
    at = from;
  }
  return beats.reverse();
}

/** Without those in the silence before and after the music. */
function trimmed(beats: readonly number[], strength: Float32Array): number[] {
  const strengths = beats.map((beat) => strength[beat] as number);
  const least = (audible * strengths.reduce((sum, value) => sum + value, 0)) / strengths.length;
  const first = strengths.findIndex((value) => value >= least);
  const last = strengths.findLastIndex((value) => value >= least);
  return beats.slice(first, last + 1);
}

function deviation(values: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    sum += values[i] as number;
    squares += (values[i] as number) ** 2;
  }
  const mean = sum / values.length;
  return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
}
