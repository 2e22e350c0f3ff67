import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A part of a file: one field's content. */
export interface Span {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export interface SpanField extends Span {
  readonly number: number;
  /** For varint fields. */
  readonly integer: bigint;
  readonly isMessage: boolean;
}

const windowBytes = 64 * 1024;

/**
 * The wire format of Protocol Buffers, read from a file of any size without loading it: weights of a gigabyte are
 * stepped over. For files of strangers: everything is bounded and nothing is believed.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class MessageFile implements Disposable {
  readonly sizeBytes: number;
  readonly #fd: number;
  readonly #window = Buffer.allocUnsafe(windowBytes);
  #windowStart = 0;
  #windowLength = 0;
  #fieldsLeft: number;

  /** @param maxFields how many fields may be read before the file is refused */
  constructor(path: string, maxFields: number) {
    this.#fd = openSync(path, 'r');
    this.sizeBytes = fstatSync(this.#fd).size;
    this.#fieldsLeft = maxFields;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  /**
   * The fields of the message that lies there, in the file's order.
   *
   * @throws RangeError when it is not a message, or has more fields than are read
   */
  *fields({ start, end }: Span): Generator<SpanField> {
    let position = start;
    while (position < end) {
      if (this.#fieldsLeft-- <= 0) throw new RangeError('The file has more fields than any model');
      const [key, afterKey] = this.#varint(position, end);
      const number = Number(key >> 3n);
      const wireType = Number(key & 7n);
      if (number === 0) throw new RangeError('A field has no number');
      if (wireType === 0) {
        const [integer, next] = this.#varint(afterKey, end);
        yield { number, integer, start: next, end: next, isMessage: false };
        position = next;
        continue;
      }
      const [from, length] = this.#content(wireType, afterKey, end);
      if (length > end - from) throw new RangeError('A field is longer than its message');
      yield { number, integer: 0n, start: from, end: from + length, isMessage: wireType === 2 };
      position = from + length;
    }
  }

  /** @throws RangeError when it is longer than a name may be, or not UTF-8 */
  text({ start, end }: Span, maxBytes = 4096): string {
    if (end - start > maxBytes) throw new RangeError(`A name has ${end - start} bytes`);
    const bytes = Buffer.from(Array.from({ length: end - start }, (_, at) => this.#byte(start + at)));
    if (!bytes.equals(Buffer.from(bytes.toString()))) throw new RangeError('A name is not UTF-8');
    return bytes.toString();
  }

  /** Integers of a repeated field, which may stand one by one or packed. */
  *integers(field: SpanField): Generator<bigint> {
    if (!field.isMessage) yield field.integer;
    for (let position = field.start; position < field.end; ) {
      if (this.#fieldsLeft-- <= 0) throw new RangeError('The file has more fields than any model');
      const [integer, next] = this.#varint(position, field.end);
      yield integer;
      position = next;
    }
  }

  #content(wireType: number, position: number, end: number): [start: number, length: number] {
    if (wireType === 1) return [position, 8];
    if (wireType === 5) return [position, 4];
    if (wireType !== 2) throw new RangeError(`Unknown wire type ${wireType}`);
    const [length, start] = this.#varint(position, end);
    return [start, length > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(length)];
  }

  #varint(position: number, end: number): [value: bigint, next: number] {
    let value = 0n;
    for (let shift = 0n; shift < 70n && position < end; shift += 7n) {
      const byte = this.#byte(position++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return [value, position];
    }
    throw new RangeError('A number is cut off');
  }

  #byte(position: number): number {
    const offset = position - this.#windowStart;
    const byte = offset >= 0 && offset < this.#windowLength ? this.#window[offset] : undefined;
    if (byte !== undefined) return byte;
    this.#windowStart = position;
    this.#windowLength = readSync(this.#fd, this.#window, 0, windowBytes, position);
    if (this.#windowLength === 0) throw new RangeError('The file ends too early');
    return this.#window[0] as number;
  }
}
