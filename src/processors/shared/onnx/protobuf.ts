/**
 * The wire format of Protocol Buffers, as far as an ONNX file needs it: fields in, fields out.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export interface Field {
  readonly number: number;
  /** For varint fields. */
  readonly integer: bigint;
  /** For length-delimited and fixed-width fields: a view, not a copy. */
  readonly bytes: Buffer;
}

const nothing = Buffer.alloc(0);

/**
 * The fields of one message, in the file's order.
 *
 * @throws RangeError when the bytes are not a message
 */
export function* readFields(message: Buffer): Generator<Field> {
  let position = 0;
  while (position < message.length) {
    const [key, afterKey] = readVarint(message, position);
    const number = Number(key >> 3n);
    const wireType = Number(key & 7n);
    if (wireType === 0) {
      const [integer, end] = readVarint(message, afterKey);
      yield { number, integer, bytes: nothing };
      position = end;
      continue;
    }
    const [start, length] = lengthOf(message, wireType, afterKey);
    if (start + length > message.length) throw new RangeError('A field is longer than its message');
    yield { number, integer: 0n, bytes: message.subarray(start, start + length) };
    position = start + length;
  }
}

function lengthOf(message: Buffer, wireType: number, position: number): [start: number, length: number] {
  if (wireType === 1) return [position, 8];
  if (wireType === 5) return [position, 4];
  if (wireType !== 2) throw new RangeError(`Unknown wire type ${wireType}`);
  const [length, start] = readVarint(message, position);
  return [start, Number(length)];
}

function readVarint(message: Buffer, position: number): [value: bigint, end: number] {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = message[position++];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, position];
  }
  throw new RangeError('A number is cut off');
}

/**
 * A message being written, in pieces: weights of hundreds of megabytes are referred to, never copied.
 * Joined end to end, the pieces are the message.
 */
export type Pieces = readonly Buffer[];

export function integerField(number: number, value: number | bigint): Pieces {
  return [varint(number << 3), varint(value)];
}

export function bytesField(number: number, pieces: Pieces): Pieces {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return [varint((number << 3) | 2), varint(length), ...pieces];
}

export function textField(number: number, text: string): Pieces {
  return bytesField(number, [Buffer.from(text)]);
}

function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}
