/** A file in memory, read at positions, that counts what is read of it. */
export class MemoryFile {
  readonly sizeBytes: number;
  bytesRead = 0;
  readonly #head: Buffer;
  readonly #filler: Buffer;

  /**
   * @param head the first bytes
   * @param filler repeated behind them up to `sizeBytes`: files larger than what is worth keeping in memory
   */
  constructor(head: Buffer, options: { readonly filler: Buffer; readonly sizeBytes: number } | undefined = undefined) {
    this.sizeBytes = options?.sizeBytes ?? head.length;
    this.#head = head;
    const filler = options?.filler ?? Buffer.alloc(1);
    this.#filler = Buffer.alloc(filler.length * 4096, filler);
  }

  async read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    // As a file of the system does.
    if (!Number.isSafeInteger(position) || position < 0) throw new RangeError(`no position: ${position}`);
    const bytesRead = Math.max(0, Math.min(length, this.sizeBytes - position));
    let done = 0;
    while (done < bytesRead) {
      const place = position + done;
      const isHead = place < this.#head.length;
      const source = isHead ? this.#head : this.#filler;
      const from = isHead ? place : (place - this.#head.length) % source.length;
      done += source.copy(buffer, offset + done, from, from + bytesRead - done);
    }
    this.bytesRead += bytesRead;
    return { bytesRead };
  }
}
