import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { PeriodicityKernel } from './periodicity.ts';

/** Smooths values where they stand, under a Hann window of 2 · reach + 1 values that add up to 1. */
export function smooth(dsp: Dsp, kernel: PeriodicityKernel, values: Float32Array, reach: number): void {
  const taps = 2 * reach + 1;
  const window = Array.from({ length: taps }, (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * (i + 1)) / (reach + 1)));
  const sum = window.reduce((total, value) => total + value, 0);
  const count = 4 * Math.ceil(values.length / 4);
  const [weights, padded, out] = [dsp.allocate(taps), dsp.allocate(count + taps), dsp.allocate(count)] as const;
  dsp.floats(weights, taps).set(window.map((value) => value / sum));
  dsp.floats(padded + reach * 4, values.length).set(values);
  kernel.convolve(padded, weights, taps, out, count);
  values.set(dsp.floats(out, values.length));
  for (const pointer of [weights, padded, out]) dsp.free(pointer);
}

/** Takes away the mean of `reach` values to both sides: what is left are strokes, not how loud a passage is. */
export function withoutTrend(values: Float32Array, reach: number): Float32Array {
  const out = new Float32Array(values.length);
  let sum = 0;
  let [from, to] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    for (; to < Math.min(values.length, i + reach + 1); to += 1) sum += values[to] as number;
    for (; from < i - reach; from += 1) sum -= values[from] as number;
    out[i] = (values[i] as number) - sum / (to - from);
  }
  return out;
}

/** Bands added up, each with its weight. */
export function weigh(bands: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const out = new Float32Array(bands[0]?.length ?? 0);
  bands.forEach((band, index) => {
    const weight = weights[index] ?? 1;
    for (let i = 0; i < out.length; i += 1) out[i] = (out[i] as number) + weight * (band[i] as number);
  });
  return out;
}
