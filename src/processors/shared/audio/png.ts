import { constants, crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A picture of at most 256 colours as PNG.
 *
 * @param indices width · height places in the palette, row by row from the top left
 * @param palette 1 … 256 colours: red, green and blue of each
 * @throws RangeError when the numbers do not fit each other
 * @see W3C Portable Network Graphics (PNG) Specification
 */
export function encodeIndexedPng(width: number, height: number, indices: Uint8Array, palette: Uint8Array): Buffer {
  if (!(width > 0 && height > 0) || indices.length !== width * height) {
    throw new RangeError(`no picture of ${width} × ${height} pixels from ${indices.length}`);
  }
  if (palette.length === 0 || palette.length > 768 || palette.length % 3 !== 0) {
    throw new RangeError(`no palette of ${palette.length} bytes`);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, indexed; the rest has one value only.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', compress(width, height, indices)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function compress(width: number, height: number, indices: Uint8Array): Buffer {
  // One byte before each row names its filter: none, as neighbours in a palette mean nothing to a filter.
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return deflateSync(rows, { level: 1, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY });
}

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}
