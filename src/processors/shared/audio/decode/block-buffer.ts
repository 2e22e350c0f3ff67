import { type AudioBlock, maxBlockFrames } from '../audio-stream.ts';

/** Makes blocks of `maxBlockFrames` of pieces of any length. */
export class BlockBuffer {
  readonly #channels: readonly Float32Array[];
  #frames = 0;

  constructor(channelCount: number) {
    this.#channels = Array.from({ length: channelCount }, () => new Float32Array(maxBlockFrames));
  }

  *add(piece: AudioBlock): Generator<AudioBlock> {
    if (piece.frames === 0) return;
    // What has the right length already needs no copy.
    if (this.#frames === 0 && piece.frames === maxBlockFrames) {
      yield piece;
      return;
    }
    for (let taken = 0; taken < piece.frames; ) {
      const count = Math.min(piece.frames - taken, maxBlockFrames - this.#frames);
      this.#channels.forEach((channel, index) => {
        const from = piece.channels[index];
        if (from !== undefined) channel.set(from.subarray(taken, taken + count), this.#frames);
      });
      taken += count;
      this.#frames += count;
      if (this.#frames === maxBlockFrames) yield* this.rest();
    }
  }

  *rest(): Generator<AudioBlock> {
    const frames = this.#frames;
    if (frames === 0) return;
    this.#frames = 0;
    const whole = frames === maxBlockFrames;
    yield { channels: whole ? this.#channels : this.#channels.map((channel) => channel.subarray(0, frames)), frames };
  }
}
