import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { MeasureSetup } from '#processors/shared/audio/measure.ts';
import type { Hop } from '../hops.ts';
import { channelWeights } from './channel-weights.ts';

/** A filter of second order, a₀ = 1. */
export interface Biquad {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/**
 * The two filters of ITU-R BS.1770-5, annex 1, at any sample rate: the analogue prototypes that give its coefficients at
 * 48 kHz, through the bilinear transform (as libebur128 and ffmpeg do). The response is that at 48 kHz within 0.05 dB
 * from 32 kHz on; near half of a low sample rate it is further off: by 0.5 dB of 2.4 kHz at 8 kHz.
 *
 * @param sampleRateHz 4,000 … 384,000
 */
export function kWeightingFilters(sampleRateHz: number): { readonly shelf: Biquad; readonly highPass: Biquad } {
  const shelf = denominator(1681.974450955533, 0.7071752369554196, sampleRateHz);
  const high = 10 ** (3.999843853973347 / 20);
  const middle = high ** 0.4996667741545416;
  const { k, q, a0 } = shelf;
  return {
    shelf: {
      b: [(high + (middle * k) / q + k * k) / a0, (2 * (k * k - high)) / a0, (high - (middle * k) / q + k * k) / a0],
      a: shelf.a,
    },
    highPass: { b: [1, -2, 1], a: denominator(38.13547087602444, 0.5003270373238773, sampleRateHz).a },
  };
}

function denominator(cornerHz: number, q: number, sampleRateHz: number) {
  const k = Math.tan((Math.PI * cornerHz) / sampleRateHz);
  const a0 = 1 + k / q + k * k;
  const a: readonly [number, number] = [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0];
  return { k, q, a0, a };
}

interface KWeightingKernel {
  kWeight(left: Pointer, right: Pointer, count: number, filter: Pointer, state: Pointer, energy: Pointer): void;
}

/**
 * @returns takes one hop after the other and gives the sum of squares of the K-weighted samples of all channels, each
 * with its weight
 */
export async function createKWeighting({ dsp, format }: MeasureSetup): Promise<(hop: Hop) => number> {
  const kernel = await dsp.kernel<KWeightingKernel>(new URL('./k-weighting.wasm', import.meta.url));
  const { shelf, highPass } = kWeightingFilters(format.sampleRateHz);
  const [gain] = shelf.b;
  const filter = dsp.allocate(12);
  const coefficients = [...shelf.a, shelf.b[1] / gain, shelf.b[2] / gain, ...highPass.a];
  const weights = channelWeights(format.layout).map((weight) => weight * gain * gain);
  const heard = [...weights.keys()].filter((channel) => weights[channel] !== 0);
  const pairs = Array.from({ length: Math.ceil(heard.length / 2) }, (_, pair) => {
    const [left = 0, right] = heard.slice(2 * pair, 2 * pair + 2);
    // A channel that is left over is filtered twice and counted once.
    const [leftWeight, rightWeight] = [weights[left] ?? 0, right === undefined ? 0 : (weights[right] ?? 0)];
    return { left, right: right ?? left, leftWeight, rightWeight, state: dsp.allocate(16) };
  });
  const energy = dsp.allocate(4);
  dsp.doubles(filter, 6).set(coefficients);
  let sums = dsp.doubles(energy, 2);
  return ({ pointers, frames }) => {
    if (sums.length === 0) sums = dsp.doubles(energy, 2);
    let total = 0;
    for (const { left, right, leftWeight, rightWeight, state } of pairs) {
      kernel.kWeight(pointers[left] ?? 0, pointers[right] ?? 0, frames, filter, state, energy);
      total += leftWeight * (sums[0] ?? 0) + rightWeight * (sums[1] ?? 0);
    }
    return total;
  };
}
