import { constants, crc32, deflateRawSync, deflateSync } from 'node:zlib';

// Files built by hand, byte by byte, where no encoder would build them. Each follows the format's specification.

const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32BE(data.length), typed, uint32BE(crc32(typed))]);
}

/** @param colorType 0 for grey, 2 for RGB; 8 bits per channel */
export function pngHeader(widthPx: number, heightPx: number, colorType: 0 | 2): Buffer {
  const header = Buffer.concat([uint32BE(widthPx), uint32BE(heightPx), Buffer.from([8, colorType, 0, 0, 0])]);
  return Buffer.concat([pngSignature, pngChunk('IHDR', header)]);
}

/** A whole, valid, black RGB picture: gigabytes of pixels in a thousandth of their size, made in milliseconds. */
export function blackPng(widthPx: number, heightPx: number): Buffer {
  const pixels = zlibOfZeros(heightPx * (1 + widthPx * 3));
  return Buffer.concat([pngHeader(widthPx, heightPx, 2), pngChunk('IDAT', pixels), pngChunk('IEND', Buffer.alloc(0))]);
}

/** A small picture with a colour profile that is nothing but zeros, packed. */
export function pngWithProfile(profileBytes: number): Buffer {
  return Buffer.concat([
    pngHeader(8, 8, 0),
    pngChunk('iCCP', Buffer.concat([Buffer.from('zeros\0\0', 'latin1'), zlibOfZeros(profileBytes)])),
    pngChunk('IDAT', deflateSync(Buffer.alloc(9 * 8))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** An animated PNG that declares `frames` and carries the first. */
export function animatedPng(frames: number): Buffer {
  const control = Buffer.concat([uint32BE(frames), uint32BE(0)]);
  return Buffer.concat([
    pngHeader(1, 1, 0),
    pngChunk('acTL', control),
    pngChunk('IDAT', deflateSync(Buffer.alloc(2))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The zlib stream of `length` zeros: one compressed block repeated, and a checksum in closed form. */
function zlibOfZeros(length: number): Buffer {
  const blockBytes = 1_048_576;
  const block = deflateRawSync(Buffer.alloc(blockBytes), { finishFlush: constants.Z_FULL_FLUSH });
  const blocks = Math.floor(length / blockBytes);
  const rest = deflateRawSync(Buffer.alloc(length % blockBytes));
  const adler32 = uint32BE((length % 65_521) * 65_536 + 1);
  return Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array<Buffer>(blocks).fill(block), rest, adler32]);
}

export interface GifOptions {
  readonly frames: number;
  /** Ends inside the pixels of the last frame. */
  readonly truncated?: boolean;
  readonly screenPx?: number;
  /** Side of each frame, which may exceed the screen's. */
  readonly framePx?: number;
}

/** A GIF of one-colour frames; the pixels after the first are left out, which decoders take for the same colour. */
export function gif({ frames, truncated = false, screenPx = 1, framePx = screenPx }: GifOptions): Buffer {
  const screen = Buffer.concat([uint16LE(screenPx), uint16LE(screenPx), Buffer.from([0x80, 0, 0])]);
  const colors = Buffer.from([0, 0, 0, 255, 255, 255]);
  const descriptor = Buffer.concat([
    Buffer.from([0x2c, 0, 0, 0, 0]),
    uint16LE(framePx),
    uint16LE(framePx),
    Buffer.alloc(1),
  ]);
  const pixels = Buffer.from([2, 2, 0x44, 0x01, 0]);
  const frame = Buffer.concat([descriptor, pixels]);
  const all = Buffer.concat([Buffer.from('GIF89a'), screen, colors, ...Array<Buffer>(frames).fill(frame)]);
  return truncated ? all.subarray(0, -3) : Buffer.concat([all, Buffer.from([0x3b])]);
}

export interface TiffOptions {
  readonly pages: number;
  readonly layout?: 'II' | 'MM';
  readonly isBig?: boolean;
  readonly widthPx?: number;
  readonly heightPx?: number;
  /** The last page points back at the first. */
  readonly isCyclic?: boolean;
  /** In tiles of this side instead of one strip. */
  readonly tilePx?: number;
}

/** A grey, uncompressed TIFF whose pages share their pixels. */
export function tiff({
  pages,
  layout = 'II',
  isBig = false,
  widthPx = 1,
  heightPx = 1,
  isCyclic = false,
  tilePx,
}: TiffOptions): Buffer {
  const uint = (value: number, bytes: number) => {
    const buffer = Buffer.alloc(bytes);
    if (bytes === 8) layout === 'II' ? buffer.writeBigUInt64LE(BigInt(value)) : buffer.writeBigUInt64BE(BigInt(value));
    else layout === 'II' ? buffer.writeUIntLE(value, 0, bytes) : buffer.writeUIntBE(value, 0, bytes);
    return buffer;
  };
  const offsetBytes = isBig ? 8 : 4;
  const pixels = Buffer.alloc(Math.ceil((widthPx * heightPx) / 8) * 8, 0x80);
  const headerBytes = isBig ? 16 : 8;
  const tags: [tag: number, value: number][] = [
    [256, widthPx],
    [257, heightPx],
    [258, 8],
    [259, 1],
    [262, 1],
    ...(tilePx === undefined ? [[273, headerBytes] as [number, number]] : []),
    [277, 1],
    ...((tilePx === undefined
      ? [
          [278, heightPx],
          [279, widthPx * heightPx],
        ]
      : [
          [322, tilePx],
          [323, tilePx],
          [324, headerBytes],
          [325, pixels.length],
        ]) as [number, number][]),
  ];
  const type = isBig ? 16 : 4;
  const entry = ([tag, value]: [number, number]) => [
    uint(tag, 2),
    uint(type, 2),
    uint(1, offsetBytes),
    uint(value, offsetBytes),
  ];
  const body = Buffer.concat([uint(tags.length, isBig ? 8 : 2), ...tags.flatMap(entry)]);
  const directoryBytes = body.length + offsetBytes;
  const first = headerBytes + pixels.length;
  const directories = Array.from({ length: pages }, (_, index) => {
    const isLast = index === pages - 1;
    const next = isLast ? (isCyclic ? first : 0) : first + (index + 1) * directoryBytes;
    return Buffer.concat([body, uint(next, offsetBytes)]);
  });
  const version = isBig ? [uint(43, 2), uint(8, 2), uint(0, 2)] : [uint(42, 2)];
  return Buffer.concat([Buffer.from(layout), ...version, uint(first, offsetBytes), pixels, ...directories]);
}

/** Bits as VP8L packs them: least significant first. */
function packBits(fields: readonly (readonly [value: number, bits: number])[]): Buffer {
  const bits = fields.flatMap(([value, count]) => Array.from({ length: count }, (_, index) => (value >>> index) & 1));
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [index, bit] of bits.entries())
    bytes.writeUInt8(bytes.readUInt8(index >> 3) | (bit << (index & 7)), index >> 3);
  return bytes;
}

const losslessHeader = (widthPx: number, heightPx: number) =>
  [
    [0x2f, 8],
    [widthPx - 1, 14],
    [heightPx - 1, 14],
    [0, 1],
    [0, 3],
  ] as const;

function webp(fourCc: string, payload: Buffer): Buffer {
  const padded = payload.length % 2 === 0 ? payload : Buffer.concat([payload, Buffer.alloc(1)]);
  const chunk = Buffer.concat([Buffer.from(fourCc), uint32LE(payload.length), padded]);
  return Buffer.concat([Buffer.from('RIFF'), uint32LE(4 + chunk.length), Buffer.from('WEBP'), chunk]);
}

/** A whole, valid, one-colour picture: each of its five prefix codes has one symbol, so a pixel takes no bits. */
export function solidWebp(widthPx: number, heightPx: number): Buffer {
  const noTransformCacheOrGroups = [
    [0, 1],
    [0, 1],
    [0, 1],
  ] as const;
  const oneSymbol = [
    [1, 1],
    [0, 1],
    [0, 1],
    [0, 1],
  ] as const;
  const codes = Array.from({ length: 5 }, () => oneSymbol).flat();
  return webp('VP8L', packBits([...losslessHeader(widthPx, heightPx), ...noTransformCacheOrGroups, ...codes]));
}

/** Code lengths that claim more codes than there are: what CVE-2023-4863 overflowed its table with. */
export function webpWithOverfullCodes(): Buffer {
  const lengths = Array.from({ length: 19 }, () => [1, 3] as const);
  const fields = [...losslessHeader(16, 16), [0, 1], [0, 1], [0, 1], [0, 1], [15, 4], ...lengths] as const;
  return webp('VP8L', Buffer.concat([packBits(fields), Buffer.alloc(64, 0xff)]));
}

/** A box of an ISO base media file. */
export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([uint32BE(8 + body.length), Buffer.from(type, 'latin1'), body]);
}

export function uint32BE(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function uint32LE(value: number): Buffer {
  return uint32BE(value).reverse();
}

function uint16LE(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
