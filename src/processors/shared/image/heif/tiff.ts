/** Pixels side by side, row by row: red, green, blue and, where there is one, opacity (straight). */
export interface TiffPixels {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 3 | 4;
  /** 16 bits are little endian. */
  readonly bits: 8 | 16;
  readonly icc: Uint8Array | undefined;
}

const short = 3;
const long = 4;
const undefinedBytes = 7;

/**
 * An uncompressed TIFF whose pixels are still to be filled in: no codec costs less, and libvips reads profiles from it.
 *
 * @returns the file, and the part of it that holds the pixels
 * @see TIFF Revision 6.0, section 6; ICC.1:2022, annex B.4
 */
export function emptyTiff({ widthPx, heightPx, channels, bits, icc }: TiffPixels): { file: Buffer; pixels: Buffer } {
  const pixelBytes = (widthPx * heightPx * channels * bits) / 8;
  const bitsAt = 8;
  const iccAt = bitsAt + 8;
  const directoryAt = iccAt + even(icc?.length ?? 0);
  const entries: (readonly [tag: number, type: number, count: number, value: number])[] = [
    [256, long, 1, widthPx],
    [257, long, 1, heightPx],
    [258, short, channels, bitsAt],
    [259, short, 1, 1],
    [262, short, 1, 2],
    [273, long, 1, directoryAt + 2 + 12 * (channels === 4 ? 11 : 10) + (icc ? 12 : 0) + 4],
    [277, short, 1, channels],
    [278, long, 1, heightPx],
    [279, long, 1, pixelBytes],
    [284, short, 1, 1],
    ...(channels === 4 ? [[338, short, 1, 2] as const] : []),
    ...(icc ? [[34_675, undefinedBytes, icc.length, iccAt] as const] : []),
  ];
  const pixelsAt = directoryAt + 2 + 12 * entries.length + 4;
  const file = Buffer.allocUnsafe(pixelsAt + pixelBytes).fill(0, 0, pixelsAt);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(directoryAt, 4);
  for (let channel = 0; channel < channels; channel++) file.writeUInt16LE(bits, bitsAt + 2 * channel);
  file.set(icc ?? [], iccAt);
  file.writeUInt16LE(entries.length, directoryAt);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = directoryAt + 2 + 12 * index;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(type, at + 2);
    file.writeUInt32LE(count, at + 4);
    if (type === short && count === 1) file.writeUInt16LE(value, at + 8);
    else file.writeUInt32LE(value, at + 8);
  }
  return { file, pixels: file.subarray(pixelsAt) };
}

function even(sizeBytes: number): number {
  return sizeBytes + (sizeBytes % 2);
}
