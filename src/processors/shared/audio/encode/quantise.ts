import type { AudioBlock } from '../audio-stream.ts';

/**
 * Rounds samples to whole numbers of some bits, interleaved. To 16 bits with triangular dither of ±1 step, which turns the
 * error into noise that does not depend on the signal; at 24 bits it would lie 40 dB below the noise of any converter. The
 * same recording gives the same bytes each time.
 */
export class Quantiser {
  readonly #scale: number;
  readonly #dithered: boolean;
  #random = 0x2545f491;
  #buffer = new Int32Array(0);
  /** Samples above full scale so far; they were cut off there. */
  clippedSamples = 0;

  constructor(bits: 16 | 24) {
    this.#scale = 2 ** (bits - 1);
    this.#dithered = bits === 16;
  }

  /** @returns frames · channels numbers, overwritten by the next call */
  quantise({ channels, frames }: AudioBlock): Int32Array<ArrayBuffer> {
    const count = channels.length;
    if (this.#buffer.length < frames * count) this.#buffer = new Int32Array(frames * count);
    const out = this.#buffer;
    const [scale, dithered] = [this.#scale, this.#dithered];
    const highest = scale - 1;
    for (let channel = 0; channel < count; channel++) {
      const samples = channels[channel] as Float32Array;
      for (let frame = 0, at = channel; frame < frames; frame++, at += count) {
        const exact = (samples[frame] as number) * scale;
        const value = Math.round(dithered ? exact + this.#triangular() : exact);
        // What is not a number is silence.
        out[at] = value > highest ? highest : value < -scale ? -scale : value;
        // A full-scale 1.0 is one step above the highest number, and no fault of the signal.
        if (exact > scale || exact < -scale) this.clippedSamples++;
      }
    }
    return out.subarray(0, frames * count);
  }

  /** The difference of two even numbers of 16 random bits each: −1 … 1. */
  #triangular(): number {
    let random = this.#random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    return ((random & 0xffff) - (random >>> 16)) / 0x10000;
  }
}
