/** Frames that wait, in the pieces that they came in. */
export class FrameQueue {
  readonly #channels: number;
  readonly #pieces: (readonly Float32Array[])[] = [];
  #offset = 0;
  frames = 0;

  constructor(channels: number) {
    this.#channels = channels;
  }

  /** @param piece is kept, not copied */
  add(piece: readonly Float32Array[]): void {
    const length = piece[0]?.length ?? 0;
    if (length === 0) return;
    this.#pieces.push(piece);
    this.frames += length;
  }

  /** @param frames at most as many as wait */
  take(frames: number): Float32Array[] {
    const out = Array.from({ length: this.#channels }, () => new Float32Array(frames));
    for (let at = 0; at < frames; ) {
      const [piece] = this.#pieces;
      const length = piece?.[0]?.length ?? 0;
      if (piece === undefined) throw new RangeError(`${frames} frames do not wait`);
      const count = Math.min(frames - at, length - this.#offset);
      out.forEach((samples, channel) => {
        samples.set(piece[channel]?.subarray(this.#offset, this.#offset + count) ?? [], at);
      });
      at += count;
      this.#offset += count;
      if (this.#offset === length) {
        this.#pieces.shift();
        this.#offset = 0;
      }
    }
    this.frames -= frames;
    return out;
  }
}
