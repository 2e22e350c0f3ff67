import type { FileWindow } from './file-window.ts';
import type { Probe } from './probe.ts';
import { damaged, imageHeader } from './probe.ts';

const tag = { imageWidth: 256, imageLength: 257 } as const;
const fieldType = { byte: 1, short: 3, long: 4, long8: 16 } as const;
/** The sizes of one layout: classic TIFF or BigTIFF. */
interface Layout {
  readonly isLittleEndian: boolean;
  readonly isBig: boolean;
}

/**
 * The size of the first page, and the pages counted along their chain.
 *
 * @see TIFF Revision 6.0, section 2; Adobe's BigTIFF layout
 */
export const probeTiff: Probe = async (file, maxFrames) => {
  const header = await file.bytes(0, 16);
  if (header === undefined) throw damaged('TIFF', 'it ends inside its header');
  const isLittleEndian = header.toString('latin1', 0, 2) === 'II';
  const isBig = (isLittleEndian ? header.readUInt16LE(2) : header.readUInt16BE(2)) === 43;
  const layout = { isLittleEndian, isBig };

  let directory = isBig ? uint(header, 8, 8, layout) : uint(header, 4, 4, layout);
  const size = await firstPageSize(file, directory, layout);

  let pages = 0;
  const visited = new Set<number>();
  // A chain that goes round in a circle is counted once.
  while (directory !== 0 && pages <= maxFrames && !visited.has(directory)) {
    visited.add(directory);
    const entries = await entryCount(file, directory, layout);
    if (entries === undefined) break;
    pages += 1;
    const [countBytes, entryBytes, offsetBytes] = isBig ? [8, 20, 8] : [2, 12, 4];
    const next = await file.bytes(directory + countBytes + entries * entryBytes, offsetBytes);
    if (next === undefined) break;
    directory = uint(next, 0, offsetBytes, layout);
  }
  return imageHeader('TIFF', size.widthPx, size.heightPx, pages);
};

async function firstPageSize(file: FileWindow, directory: number, layout: Layout) {
  const entries = (await entryCount(file, directory, layout)) ?? 0;
  const [countBytes, entryBytes, valueAt] = layout.isBig ? [8, 20, 12] : [2, 12, 8];
  let [widthPx, heightPx] = [0, 0];
  for (let index = 0; index < entries && (widthPx === 0 || heightPx === 0); index += 1) {
    const entry = await file.bytes(directory + countBytes + index * entryBytes, entryBytes);
    if (entry === undefined) break;
    const name = uint(entry, 0, 2, layout);
    if (name !== tag.imageWidth && name !== tag.imageLength) continue;
    const value = uint(entry, valueAt, valueBytes(uint(entry, 2, 2, layout)), layout);
    if (name === tag.imageWidth) widthPx = value;
    else heightPx = value;
  }
  return { widthPx, heightPx };
}

/** Undefined when there is no directory there. */
async function entryCount(file: FileWindow, directory: number, layout: Layout): Promise<number | undefined> {
  const bytes = await file.bytes(directory, layout.isBig ? 8 : 2);
  return bytes === undefined ? undefined : uint(bytes, 0, bytes.length, layout);
}

function valueBytes(type: number): number {
  switch (type) {
    case fieldType.byte:
      return 1;
    case fieldType.short:
      return 2;
    case fieldType.long:
      return 4;
    case fieldType.long8:
      return 8;
    default:
      throw damaged('TIFF', 'its width or height is not a whole number');
  }
}

/** Eight bytes may exceed what a number holds exactly; no file is that large, so it only has to stay large. */
function uint(bytes: Buffer, at: number, length: number, { isLittleEndian }: Layout): number {
  if (length === 8) return Number(isLittleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  return isLittleEndian ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length);
}
