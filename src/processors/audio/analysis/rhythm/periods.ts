import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { PeriodicityKernel } from './periodicity.ts';

/** Six seconds at 172 Hz, as in the paper, every three quarters of a second. */
const windowLength = 1024;
const windowHop = 128;
const lowestBpm = 50;
const highestBpm = 210;
const candidates = 10;
/** Standard deviation of what each window adds to the histogram, in lags. */
const spread = 5;

/**
 * The period that most windows of a recording agree on: autocorrelation, with magnitudes compressed to their square root so that
 * one loud stroke does not outweigh the rest, enhanced by its multiples; the ten best peaks scored by pulse trains.
 *
 * @param strength smoothed onset strength
 * @returns in values of `strength`; undefined when nothing repeats
 * @see Percival & Tzanetakis, Streamlined tempo estimation based on autocorrelation and cross-correlation with pulses, 2014
 */
export function findPeriod(
  dsp: Dsp,
  kernel: PeriodicityKernel,
  strength: Float32Array,
  rateHz: number,
): number | undefined {
  const fft = dsp.fft(2 * windowLength);
  const shortest = Math.floor((60 * rateHz) / highestBpm);
  const longest = Math.ceil((60 * rateHz) / lowestBpm);
  const histogram = new Float64Array(longest + 4 * spread);
  // Pulse trains that are longer than the window find zeros before it.
  const before = 8 * longest;
  const padded = dsp.allocate(before + windowLength);
  const lags = dsp.allocate(2 * windowLength);
  const window = padded + before * 4;
  for (let start = 0; start === 0 || start + windowLength <= strength.length; start += windowHop) {
    const values = strength.subarray(start, start + windowLength);
    for (const [pointer, length] of [
      [window, windowLength],
      [lags, 2 * windowLength],
    ] as const) {
      dsp.floats(pointer, length).fill(0).set(values);
    }
    fft.forward(lags, lags);
    kernel.compress(lags, 2 * windowLength);
    fft.inverse(lags, lags);
    const peaks = enhancedPeaks(dsp.floats(lags, windowLength), shortest, longest);
    const { lag, score } = bestPulses(dsp, kernel, window, lags, peaks);
    for (let i = Math.max(0, lag - 3 * spread); lag > 0 && i < Math.min(histogram.length, lag + 3 * spread); i += 1) {
      histogram[i] = (histogram[i] as number) + score * Math.exp(-0.5 * ((i - lag) / spread) ** 2);
    }
  }
  dsp.free(padded);
  dsp.free(lags);
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
function bestPulses(
  dsp: Dsp,
  kernel: PeriodicityKernel,
  window: Pointer,
  scratch: Pointer,
  lags: readonly number[],
): { lag: number; score: number } {
  const scored = lags.map((lag) => {
    kernel.pulses(window + windowLength * 4, lag, scratch);
    const [most = 0, variance = 0] = dsp.doubles(scratch, 2);
    return { lag, most, variance };
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

function highest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
