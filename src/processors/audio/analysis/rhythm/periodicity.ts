import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';

/** `periodicity.as.ts` says what each does. */
export interface PeriodicityKernel {
  convolve(values: Pointer, weights: Pointer, taps: number, out: Pointer, count: number): void;
  correlation(values: Pointer, count: number, whole: number, part: number): number;
  compress(spectrum: Pointer, size: number): void;
  pulses(end: Pointer, lag: number, out: Pointer): void;
  bestPaths(
    strength: Pointer,
    scale: number,
    total: Pointer,
    cost: Pointer,
    farthest: number,
    lags: number,
    count: number,
  ): void;
}

export function loadPeriodicity(dsp: Dsp): Promise<PeriodicityKernel> {
  return dsp.kernel<PeriodicityKernel>(new URL('./periodicity.wasm', import.meta.url));
}
