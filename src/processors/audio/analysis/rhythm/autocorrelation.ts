import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';

/**
 * Autocorrelation with the magnitudes of the spectrum compressed to their square root: peaks become narrower, and one loud stroke
 * does not outweigh the rest.
 *
 * @param size of the window, a power of two
 * @returns a function that reads `size` values and leaves lags 0 … size − 1 in its scratch, valid until the next call
 * @see Percival & Tzanetakis, Streamlined tempo estimation based on autocorrelation and cross-correlation with pulses, 2014
 */
export function createAutocorrelation(dsp: Dsp, size: number): (values: Float32Array) => Float32Array {
  const fft = dsp.fft(2 * size);
  const scratch = dsp.allocate(2 * size);
  return (values) => {
    const x = dsp.floats(scratch, 2 * size);
    x.set(values);
    x.fill(0, size);
    fft.forward(scratch, scratch);
    x[0] = Math.sqrt(Math.abs(x[0] as number));
    x[1] = Math.sqrt(Math.abs(x[1] as number));
    for (let i = 2; i < 2 * size; i += 2) {
      const re = x[i] as number;
      const im = x[i + 1] as number;
      x[i] = Math.sqrt(Math.sqrt(re * re + im * im));
      x[i + 1] = 0;
    }
    fft.inverse(scratch, scratch);
    return x.subarray(0, size);
  };
}
