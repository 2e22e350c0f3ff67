import type { FileWindow } from './file-window.ts';

/** Where the content of a box of an ISO base media file lies. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The first box that is found by going down through `path`. */
export async function findBox(file: FileWindow, path: readonly string[]): Promise<Box | undefined> {
  return await findBoxIn(file, { type: '', start: 0, end: file.sizeBytes }, path);
}

export async function findBoxIn(file: FileWindow, parent: Box, path: readonly string[]): Promise<Box | undefined> {
  let container: Box | undefined = parent;
  for (const type of path) container = container && (await childOf(file, container, type));
  return container;
}

export async function childOf(file: FileWindow, parent: Box, type: string): Promise<Box | undefined> {
  for await (const box of boxesIn(file, parent)) {
    // A meta box has four bytes of version and flags before its children.
    if (box.type === type) return type === 'meta' ? { ...box, start: box.start + 4 } : box;
  }
  return undefined;
}

/**
 * The boxes inside another, always further into the file: no box leads back.
 *
 * @see ISO/IEC 14496-12, section 4.2
 */
export async function* boxesIn(file: FileWindow, parent: Box): AsyncGenerator<Box> {
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
