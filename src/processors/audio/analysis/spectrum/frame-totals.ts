import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { StftKernel } from './stft-kernel.ts';

/** Frames that floats can gather without losing digits. */
const framesPerDrain = 64;

interface PowerKernel {
  power(spectrum: Pointer, out: Pointer, bins: number): void;
  accumulate(a: Pointer, out: Pointer, count: number): void;
}

/** Power of each bin over all frames: |L|², |R|², Re(L · R*). Of one channel, all three are the first. */
export interface FrameTotals {
  /**
   * @param spectra one or two
   * @param power where the frame's power goes, both channels together
   */
  add(spectra: readonly Pointer[], power: Pointer): void;
  result(): { readonly left: Float64Array; readonly right: Float64Array; readonly cross: Float64Array };
}

export async function createFrameTotals(dsp: Dsp, kernel: StftKernel, bins: number): Promise<FrameTotals> {
  const single = await dsp.kernel<PowerKernel>(new URL('../../../shared/audio/dsp/spectrum.wasm', import.meta.url));
  const floats = dsp.allocate(3 * bins);
  const doubles = dsp.allocate(6 * bins);
  const [left, right, cross] = [floats, floats + bins * 4, floats + bins * 8];
  let channels = 1;
  let frames = 0;
  const drain = () => kernel.drain(floats, doubles, 3 * bins);
  return {
    add(spectra, power) {
      const [first = 0, second] = spectra;
      channels = spectra.length;
      if (second === undefined) {
        single.power(first, power, bins);
        single.accumulate(power, left, bins);
      } else {
        kernel.cross(first, second, power, left, right, cross, bins);
      }
      frames++;
      if (frames % framesPerDrain === 0) drain();
    },
    result() {
      drain();
      const total = (index: number) => dsp.doubles(doubles + index * bins * 8, bins).slice();
      return channels === 1
        ? { left: total(0), right: total(0), cross: total(0) }
        : { left: total(0), right: total(1), cross: total(2) };
    },
  };
}
