import type { AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import type { Statistics } from './statistics.ts';

/**
 * How many bits, from the highest, differ at all: 16 for a recording of 16 bits that stands in a file of 24.
 *
 * Samples of 32 bits come as floats of 24: what is lost of loud samples is found in quiet ones.
 */
export function createEffectiveBits({ bitsPerSample, codec }: AudioFormat) {
  let [any, every] = [0, -1];
  return {
    add({ anyBits, everyBits }: Statistics): void {
      any |= anyBits;
      every &= everyBits;
    },
    /** @returns `null` for what does not hold whole numbers on an even scale, and where all samples are equal */
    result(): number | null {
      const differing = any & ~every;
      if (bitsPerSample === undefined || /float|law/i.test(codec) || differing === 0) return null;
      const lowest = 31 - Math.clz32(differing & -differing);
      return bitsPerSample - lowest;
    },
  };
}
