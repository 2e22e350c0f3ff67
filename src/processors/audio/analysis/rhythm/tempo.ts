import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import { decide, type Reading } from './octave-rule.ts';
import type { OnsetStrength } from './onset-strength.ts';
import type { PeriodicityKernel } from './periodicity.ts';
import { findPeriod } from './periods.ts';
import { weigh, withoutTrend } from './smoothing.ts';

export interface TempoReading {
  readonly tempoBpm: number;
  /** Of all readings together, at most 1. */
  readonly confidence: number;
}

/** Ratios between the period that repeats best and the one that is tapped. */
const ratios = [1 / 3, 1 / 2, 2 / 3, 1, 3 / 2, 2, 3];
const lowestBpm = 50;
const highestBpm = 215;
const fractions = [0.5, 1, 2, 4];
/** Bands the octave rule looks at, besides their sum: kick and bass, voices and snares, hats. */
const ruleBands = [0, 2, 3];
/** Values looked at, some six minutes: the loudest stretch of longer recordings stands for the rest. */
const longestStretch = 65_536;
/** Where nothing repeats in that, as in a medley: some three quarters of a minute, the loudest. */
const shortStretch = 8_192;
/** Less than this is what noise has by chance. */
const leastSimilarity = 0.25;
const sureSimilarity = 0.5;

/**
 * @param strokes onset strength, smoothed
 * @param onsets places in it
 * @returns the readings of the tempo, the best first; none when nothing repeats
 */
export function readTempo(
  dsp: Dsp,
  kernel: PeriodicityKernel,
  strokes: OnsetStrength,
  onsets: readonly number[],
): readonly TempoReading[] {
  const values = strokes.bands[0]?.length ?? 0;
  for (const stretch of values > shortStretch ? [longestStretch, shortStretch] : [longestStretch]) {
    const { readings, similarity } = findReadings(dsp, kernel, strokes, onsets, stretch);
    const regular = Math.min(1, Math.max(0, (similarity - leastSimilarity) / (sureSimilarity - leastSimilarity)));
    // What holds for a part of the recording is as sure as the part is long.
    const share = stretch === shortStretch ? shortStretch / values : 1;
    if (regular > 0) return judged(readings, onsets, strokes.rateHz, regular * share);
  }
  return [];
}

function judged(
  readings: readonly Reading[],
  onsets: readonly number[],
  rateHz: number,
  sureness: number,
): readonly TempoReading[] {
  const probabilities = metronome(readings, onsets, rateHz) ?? decide(readings);
  return readings
    .map(({ tempoBpm }, i) => ({ tempoBpm, confidence: sureness * (probabilities[i] as number) }))
    .sort((a, b) => b.confidence - a.confidence);
}

/** Where attacks come one beat apart and nothing comes between, they are the beat, whatever other music is like. */
function metronome(readings: readonly Reading[], onsets: readonly number[], rateHz: number): number[] | undefined {
  const intervals = onsets.slice(1).map((onset, i) => onset - (onsets[i] as number));
  const regular = readings.map(({ tempoBpm }) => {
    const period = (60 * rateHz) / tempoBpm;
    return intervals.filter((interval) => Math.abs(interval / period - 1) < 0.05).length;
  });
  const which = regular.findIndex((count) => count >= 7 && count >= 0.95 * intervals.length);
  return which < 0 ? undefined : readings.map((_, i) => (i === which ? 1 : 0));
}

/**
 * What the octave rule decides on; parameters as above.
 *
 * @returns also how alike the recording is to itself after one, two or four periods
 */
export function findReadings(
  dsp: Dsp,
  kernel: PeriodicityKernel,
  { bands, rateHz }: OnsetStrength,
  onsets: readonly number[],
  stretch: number = longestStretch,
): { readonly readings: readonly Reading[]; readonly similarity: number } {
  const nothing = { readings: [], similarity: 0 };
  const all = weigh(bands, []);
  const start = loudestStretch(all, stretch);
  const end = Math.min(all.length, start + stretch);
  const coarse = findPeriod(dsp, kernel, all.subarray(start, end), rateHz);
  if (coarse === undefined) return nothing;
  const correlationOf = (band: Float32Array) =>
    createCorrelation(dsp, kernel, withoutTrend(band.subarray(start, end), Math.round(rateHz)));
  const ofAll = correlationOf(all);
  const correlations = [...ruleBands.map((band) => correlationOf(bands[band] as Float32Array)), ofAll];
  const period = refine(ofAll.at, coarse);
  const similarity = Math.max(...[1, 2, 4].map((beats) => ofAll.at(beats * period)));
  const heard = onsets.filter((onset) => onset >= start && onset < end).length;
  const readings = ratios
    .map((ratio) => ratio * period)
    .filter((lag) => (60 * rateHz) / lag >= lowestBpm && (60 * rateHz) / lag <= highestBpm)
    .map((lag) => ({
      tempoBpm: (60 * rateHz) / lag,
      onsetsPerBeat: (heard * lag) / Math.max(1, end - start),
      similarity: correlations.map(({ at }) => fractions.map((beats) => at(beats * lag))),
    }));
  for (const { free } of correlations) free();
  return { readings, similarity };
}

/** The lag around `coarse` whose multiples fit best. Far multiples tell small differences, near ones which is meant. */
function refine(correlationAt: (lag: number) => number, coarse: number): number {
  let period = coarse;
  for (const [reach, multiples] of [
    [0.03, [1, 2, 4]],
    [0.006, [4, 8]],
    [0.0015, [8, 16]],
  ] as const) {
    let [best, most] = [period, Number.NEGATIVE_INFINITY];
    for (let step = -8; step <= 8; step += 1) {
      const lag = period * (1 + (reach * step) / 8);
      const fit = multiples.reduce((sum, multiple) => sum + correlationAt(multiple * lag), 0);
      if (fit > most) [best, most] = [lag, fit];
    }
    period = best;
  }
  return period;
}

interface Correlation {
  /** Of the values with themselves `lag` later, which may lie between two; 0 where there is too little to compare. */
  at(lag: number): number;
  free(): void;
}

function createCorrelation(dsp: Dsp, kernel: PeriodicityKernel, values: Float32Array): Correlation {
  const pointer: Pointer = dsp.allocate(values.length);
  dsp.floats(pointer, values.length).set(values);
  return {
    at(lag) {
      const whole = Math.floor(lag);
      const count = 4 * Math.floor((values.length - whole - 1) / 4);
      // Few beats are alike by chance.
      return count < lag ? 0 : kernel.correlation(pointer, count, whole, lag - whole);
    },
    free: () => dsp.free(pointer),
  };
}

function loudestStretch(values: Float32Array, length: number): number {
  if (values.length <= length) return 0;
  let sum = 0;
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i += 1) {
    sum += values[i] as number;
    if (i >= length) sum -= values[i - length] as number;
    if (i >= length - 1 && sum > most) [best, most] = [i - length + 1, sum];
  }
  return best;
}
