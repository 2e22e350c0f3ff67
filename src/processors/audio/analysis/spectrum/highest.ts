import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { FrameScale, StftKernel } from './stft-kernel.ts';

/** −132 dBFS in a band of 1 Hz: 8 dB above the noise of 16 bits with dither, 20 and more below cymbals and breath. */
const leastDensity = 10 ** -13.2;
const binsPerGroup = 32;
/**
 * A click, or a recording that starts in the middle of a sound, has everything in it, but for two or three frames; and at
 * attacks, codecs let a little through above their limit.
 */
const leastShare = 0.05;
const leastFrames = 8;

/** How far up a recording goes: a lossy codec leaves nothing above 16 kHz at 128 kb/s, and little above 20 at any rate. */
export interface Highest {
  /** @param power of the bins of a frame that can be heard */
  add(power: Pointer): void;
  /** Upper end of the highest 170 Hz or so that have something in them in one of twenty frames; null without frames. */
  result(): number | null;
}

export function createHighest(dsp: Dsp, kernel: StftKernel, scale: FrameScale): Highest {
  const groups = scale.bins / binsPerGroup;
  const counts = dsp.allocate(groups);
  const threshold = (leastDensity * binsPerGroup * scale.binHz) / scale.meanSquare;
  let frames = 0;
  return {
    add(power) {
      kernel.countAbove(power, threshold, counts, groups);
      frames++;
    },
    result() {
      const needed = Math.max(Math.min(leastFrames, frames), Math.ceil(frames * leastShare));
      const top = dsp.floats(counts, groups).findLastIndex((count) => frames > 0 && count >= needed);
      return top < 0 ? null : (top + 1) * binsPerGroup * scale.binHz;
    },
  };
}
