import type { FileWindow } from './file-window.ts';
import type { Probe } from './probe.ts';
import { damaged, imageHeader } from './probe.ts';

/** Where the content of a box lies. */
interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The largest of the declared image sizes: that of the picture itself, since thumbnails and the tiles of a grid are
 * smaller and its alpha plane is equal.
 *
 * @see ISO/IEC 14496-12, section 4.2; ISO/IEC 23008-12, section 6.5.3
 */
export const probeAvif: Probe = async (file) => {
  let container: Box | undefined = { type: '', start: 0, end: file.sizeBytes };
  for (const type of ['meta', 'iprp', 'ipco']) {
    container = container && (await childOf(file, container, type));
  }
  let [widthPx, heightPx] = [0, 0];
  if (container !== undefined) {
    for await (const box of boxesIn(file, container)) {
      if (box.type !== 'ispe') continue;
      const size = await file.bytes(box.start + 4, 8);
      if (size === undefined) break;
      const [width, height] = [size.readUInt32BE(0), size.readUInt32BE(4)];
      if (width * height > widthPx * heightPx) [widthPx, heightPx] = [width, height];
    }
  }
  if (widthPx === 0) throw damaged('AVIF', 'it declares no image size');
  return imageHeader('AVIF', widthPx, heightPx, 1);
};

async function childOf(file: FileWindow, parent: Box, type: string): Promise<Box | undefined> {
  for await (const box of boxesIn(file, parent)) {
    // A meta box has four bytes of version and flags before its children.
    if (box.type === type) return type === 'meta' ? { ...box, start: box.start + 4 } : box;
  }
  return undefined;
}

async function* boxesIn(file: FileWindow, parent: Box): AsyncGenerator<Box> {
  for (let offset = parent.start; offset < parent.end; ) {
    const header = await file.bytes(offset, 8);
    if (header === undefined) return;
    const type = header.toString('latin1', 4, 8);
    let size = header.readUInt32BE(0);
    let headerBytes = 8;
    if (size === 1) {
      const largeSize = await file.bytes(offset + 8, 8);
      if (largeSize === undefined) return;
      size = Number(largeSize.readBigUInt64BE(0));
      headerBytes = 16;
    } else if (size === 0) {
      size = parent.end - offset;
    }
    if (size < headerBytes) return;
    yield { type, start: offset + headerBytes, end: Math.min(offset + size, parent.end) };
    offset += size;
  }
}
