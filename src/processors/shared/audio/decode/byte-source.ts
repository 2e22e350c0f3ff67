import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const windowBytes = 262_144;
/** Whoever searches looks a frame ahead and comes back. */
const backBytes = 16_384;

/** A file, read in pieces through one window; reading forwards costs one system call for each window. */
export class ByteSource {
  readonly sizeBytes: number;
  readonly #descriptor: number;
  #window = Buffer.alloc(windowBytes);
  #start = 0;
  #length = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.sizeBytes = fstatSync(this.#descriptor).size;
  }

  /**
   * At most `length` bytes at `position`, fewer only where the file ends. Valid until the next call.
   *
   * @param length whoever takes it from a header bounds it first
   */
  upTo(position: number, length: number): Buffer {
    const wanted = position < 0 ? 0 : Math.max(0, Math.min(length, this.sizeBytes - position));
    if (wanted === 0) return this.#window.subarray(0, 0);
    if (position < this.#start || position + wanted > this.#start + this.#length) {
      if (wanted + backBytes > this.#window.length) this.#window = Buffer.alloc(wanted + backBytes);
      this.#start = Math.max(0, position - backBytes);
      this.#length = this.readInto(this.#window, this.#start);
    }
    const from = position - this.#start;
    return this.#window.subarray(from, Math.min(from + wanted, this.#length));
  }

  /** Exactly `length` bytes at `position`, or undefined where the file ends before. Valid until the next call. */
  bytes(position: number, length: number): Buffer | undefined {
    const bytes = this.upTo(position, length);
    return bytes.length === length ? bytes : undefined;
  }

  /** Fills `target` from `position` on. @returns how many bytes, fewer only where the file ends */
  readInto(target: Uint8Array, position: number): number {
    let filled = 0;
    while (filled < target.length) {
      const count = readSync(this.#descriptor, target, filled, target.length - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
