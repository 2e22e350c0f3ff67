import { AppError } from '#kernel/errors.ts';

const windowBytes = 16_384;
/** Beyond going through the whole file once, forwards. What asks for more is a maze built to keep us busy. */
const spareBytes = 16 * 1_048_576;
const spareReads = 100_000;
/** A frame of an animation is a handful of small structures. */
const readsPerFrame = 8;

/** The part of `fs.promises.FileHandle` that is used. */
export interface PositionedReader {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/**
 * A file seen through one small window. However a file is built, looking at it here costs a bounded number of reads
 * and bytes, and one window of memory.
 */
export class FileWindow {
  readonly sizeBytes: number;
  readonly #reader: PositionedReader;
  readonly #maxReads: number;
  readonly #window = Buffer.alloc(windowBytes);
  #start = 0;
  #length = 0;
  #reads = 0;
  #bytesRead = 0;

  /** @param maxFrames how many frames may be counted in it */
  constructor(reader: PositionedReader, sizeBytes: number, maxFrames: number) {
    this.#reader = reader;
    this.sizeBytes = sizeBytes;
    this.#maxReads = spareReads + sizeBytes / windowBytes + readsPerFrame * maxFrames;
  }

  /**
   * Exactly `length` bytes at `offset`, or undefined when the file ends before. Valid until the next call.
   *
   * @throws AppError MEDIA_INVALID when the budget is used up
   */
  async bytes(offset: number, length: number): Promise<Buffer | undefined> {
    const bytes = await this.upTo(offset, length);
    return bytes.length === length ? bytes : undefined;
  }

  /** At most `maxLength` bytes (up to 16 KiB) at `offset`; empty at the end of the file. Valid until the next call. */
  async upTo(offset: number, maxLength: number): Promise<Buffer> {
    this.#count();
    const wanted = Math.min(maxLength, windowBytes, Math.max(0, this.sizeBytes - offset));
    if (offset < this.#start || offset + wanted > this.#start + this.#length) await this.#moveTo(offset);
    const from = offset - this.#start;
    return this.#window.subarray(from, Math.min(from + wanted, this.#length));
  }

  /** What the window shows from `offset` on, at least one byte; empty at the end of the file. Valid until the next call. */
  async from(offset: number): Promise<Buffer> {
    this.#count();
    if (offset < this.#start || offset >= this.#start + this.#length) await this.#moveTo(offset);
    return this.#window.subarray(offset - this.#start, this.#length);
  }

  #count(): void {
    this.#reads += 1;
    if (this.#reads > this.#maxReads) throw tooScattered();
  }

  async #moveTo(offset: number): Promise<void> {
    this.#start = offset;
    this.#length = 0;
    // Headers point anywhere, also to where the system has no position.
    while (this.#length < windowBytes && offset < this.sizeBytes) {
      const room = windowBytes - this.#length;
      const { bytesRead } = await this.#reader.read(this.#window, this.#length, room, offset + this.#length);
      if (bytesRead === 0) break;
      this.#length += bytesRead;
      this.#bytesRead += bytesRead;
    }
    if (this.#bytesRead > this.sizeBytes + spareBytes) throw tooScattered();
  }
}

/** What is built to keep us busy. */
export function tooScattered(): AppError {
  return new AppError(
    'MEDIA_INVALID',
    'The file is built in a way that no camera or program builds it: its parts are too many or too scattered. ' +
      'Open it in an editor, export it again and upload that.',
  );
}
