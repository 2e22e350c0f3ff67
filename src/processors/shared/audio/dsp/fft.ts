import type { PffftModule } from '@echogarden/pffft-wasm/simd';

/** Address of the first byte of an array in the memory of `Dsp`, a multiple of 16. */
export type Pointer = number;

/** The Fourier transform of `size` real numbers. */
export interface Fft {
  readonly size: number;
  /**
   * @param input `size` floats
   * @param output `size` floats: real part at 0, real part at half the sample rate, then real and imaginary parts of bins
   * 1 … size/2 − 1. May be `input`.
   */
  forward(input: Pointer, output: Pointer): void;
  /** The way back, times `size`. */
  inverse(input: Pointer, output: Pointer): void;
}

const real = 0;
const forward = 0;
const backward = 1;

/**
 * @param allocate of `Dsp`
 * @param size a power of two from 32
 */
export function createFft(module: PffftModule, allocate: (length: number) => Pointer, size: number): Fft {
  if (!Number.isInteger(Math.log2(size)) || size < 32) throw new RangeError(`no transform of ${size}`);
  const setup = module._pffft_new_setup(size, real);
  const work = allocate(size);
  return {
    size,
    forward: (input, output) => module._pffft_transform_ordered(setup, input, output, work, forward),
    inverse: (input, output) => module._pffft_transform_ordered(setup, input, output, work, backward),
  };
}
