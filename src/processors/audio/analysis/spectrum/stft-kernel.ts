import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';

/** `stft.as.ts` says what each does. */
export interface StftKernel {
  spread(
    samples: Pointer,
    rising: Pointer,
    falling: Pointer,
    secondHalf: Pointer,
    firstHalf: Pointer,
    count: number,
  ): void;
  cross(
    left: Pointer,
    right: Pointer,
    sum: Pointer,
    leftTotal: Pointer,
    rightTotal: Pointer,
    crossTotal: Pointer,
    bins: number,
  ): void;
  drain(a: Pointer, out: Pointer, count: number): void;
  bands(power: Pointer, edges: Pointer, out: Pointer, bands: number): void;
  magnitudes(power: Pointer, first: number, end: number, out: Pointer): void;
  countAbove(power: Pointer, threshold: number, counts: Pointer, groups: number): void;
}

export function loadStftKernel(dsp: Dsp): Promise<StftKernel> {
  return dsp.kernel(new URL('./stft.wasm', import.meta.url));
}

/** What all who look at frames need to know of them. */
export interface FrameScale {
  readonly size: number;
  readonly hop: number;
  readonly bins: number;
  readonly binHz: number;
  readonly sampleRateHz: number;
  /** Bins between which hearing lies, 20 Hz … 20 kHz, in fours. */
  readonly audible: readonly [first: number, end: number];
  /** A bin's power, summed over channels, times this is its part of the mean square of the channels. */
  readonly meanSquare: number;
}

/** @param size of frames whose window's squares add up to 1 at half a frame's distance */
export function frameScale(size: number, sampleRateHz: number, channels: number): FrameScale {
  const bins = size / 2;
  const binHz = sampleRateHz / size;
  return {
    size,
    hop: bins,
    bins,
    binHz,
    sampleRateHz,
    audible: [4, Math.min(bins, 4 * Math.round(20_000 / binHz / 4))],
    // Twice for the bins of negative frequency; the window leaves half the power of a frame's samples.
    meanSquare: 2 / size / (size / 2) / channels,
  };
}
