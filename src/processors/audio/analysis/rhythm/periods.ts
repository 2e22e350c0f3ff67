import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import { createAutocorrelation } from './autocorrelation.ts';

/** Six seconds at 172 Hz, as in the paper, every three quarters of a second. */
const windowLength = 1024;
const windowHop = 128;
const lowestBpm = 50;
const highestBpm = 210;
const candidates = 10;
/** Standard deviation of what each window adds to the histogram, in lags. */
const spread = 5;

/**
 * The period that most windows of a recording agree on: autocorrelation, enhanced by its multiples; the ten best peaks scored by
 * pulse trains.
 *
 * @param strength smoothed onset strength
 * @returns in values of `strength`; undefined when nothing repeats
 * @see Percival & Tzanetakis 2014
 */
export function findPeriod(dsp: Dsp, strength: Float32Array, rateHz: number): number | undefined {
  const autocorrelate = createAutocorrelation(dsp, windowLength);
  const shortest = Math.floor((60 * rateHz) / highestBpm);
  const longest = Math.ceil((60 * rateHz) / lowestBpm);
  const histogram = new Float64Array(longest + 4 * spread);
  const window = new Float32Array(windowLength);
  for (let start = 0; start === 0 || start + windowLength <= strength.length; start += windowHop) {
    window.fill(0);
    window.set(strength.subarray(start, start + windowLength));
    const energy = window.reduce((sum, value) => sum + value * value, 0);
    if (energy === 0) continue;
    const lags = autocorrelate(window);
    const { lag, score } = bestPulses(window, enhancedPeaks(lags, shortest, longest));
    if (lag === 0) continue;
    for (let i = Math.max(0, lag - 3 * spread); i < Math.min(histogram.length, lag + 3 * spread); i += 1) {
      histogram[i] = (histogram[i] as number) + score * Math.exp(-0.5 * ((i - lag) / spread) ** 2);
    }
  }
  const best = highest(histogram);
  return (histogram[best] as number) > 0 ? best : undefined;
}

/** Lags whose multiples repeat too. */
function enhancedPeaks(lags: Float32Array, shortest: number, longest: number): number[] {
  const enhanced = (lag: number) => (lags[lag] ?? 0) + (lags[2 * lag] ?? 0) + (lags[4 * lag] ?? 0);
  const peaks: { lag: number; height: number }[] = [];
  for (let lag = shortest; lag <= longest; lag += 1) {
    const height = enhanced(lag);
    if (height > enhanced(lag - 1) && height >= enhanced(lag + 1)) peaks.push({ lag, height });
  }
  return peaks
    .sort((a, b) => b.height - a.height)
    .slice(0, candidates)
    .map(({ lag }) => lag);
}

/** How much one phase of four pulses stands out among all, and how high. */
function bestPulses(window: Float32Array, lags: readonly number[]): { lag: number; score: number } {
  const scored = lags.map((lag) => {
    let [sum, squares, most] = [0, 0, 0];
    for (let phase = 0; phase < lag; phase += 1) {
      let value = 0;
      for (let pulse = 0; pulse < 4; pulse += 1) {
        const at = window.length - 1 - phase - pulse * lag;
        value += window[at] ?? 0;
        value += 0.5 * (window[at - pulse * lag] ?? 0);
        value += 0.5 * (window[at - (pulse * lag) / 2] ?? window[Math.round(at - (pulse * lag) / 2)] ?? 0);
      }
      sum += value;
      squares += value * value;
      most = Math.max(most, value);
    }
    const mean = sum / lag;
    return { lag, most, variance: squares / lag - mean * mean };
  });
  const total = { most: 0, variance: 0 };
  for (const { most, variance } of scored) {
    total.most += most;
    total.variance += variance;
  }
  let best = { lag: 0, score: 0 };
  for (const { lag, most, variance } of scored) {
    const score = most / (total.most || 1) + variance / (total.variance || 1);
    if (score > best.score) best = { lag, score };
  }
  return best;
}

export function highest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
