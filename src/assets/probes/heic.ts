import type { FileWindow } from './file-window.ts';
import { type Box, boxesIn, childOf, findBox } from './iso-boxes.ts';
import type { PictureSize, Probe } from './probe.ts';
import { damaged, imageHeader } from './probe.ts';

/** What of an item's properties decides over its size; the others are undefined in their place. */
type Property =
  | { readonly type: 'ispe' | 'clap'; readonly size: PictureSize }
  | { readonly type: 'irot'; readonly isSideways: boolean };

interface Properties {
  /** By index; the format counts from 1. */
  readonly byIndex: ReadonlyMap<number, Property>;
  readonly largest: PictureSize;
}

/**
 * The primary picture's size as it is shown: turned and cropped as its properties say. What is decoded on the way may
 * be larger, be it cropped off, a tile or a hidden picture: the largest size that is declared anywhere is `stored`.
 *
 * @see ISO/IEC 23008-12, sections 6.5.3, 6.5.9, 6.5.10 and 9.3; ISO/IEC 14496-12, section 8.11
 */
export const probeHeic: Probe = async (file) => {
  const meta = await findBox(file, ['meta']);
  const [itemBox, group] = meta
    ? [await childOf(file, meta, 'pitm'), await childOf(file, meta, 'iprp')]
    : [undefined, undefined];
  const container = group && (await childOf(file, group, 'ipco'));
  if (!itemBox || !group || !container) throw damaged('HEIC', 'it does not say which picture it shows');
  const { byIndex, largest } = await readProperties(file, container);
  let shown: PictureSize | undefined;
  for (const index of await propertiesOf(file, group, await primaryItem(file, itemBox))) {
    shown = applied(byIndex.get(index), shown);
  }
  if (shown === undefined) throw damaged('HEIC', 'it declares no image size');
  return { ...imageHeader('HEIC', shown.widthPx, shown.heightPx, 1), stored: largest };
};

function applied(property: Property | undefined, size: PictureSize | undefined): PictureSize | undefined {
  if (property?.type === 'ispe') return property.size;
  if (size === undefined || property === undefined) return size;
  if (property.type === 'irot') {
    return property.isSideways ? { widthPx: size.heightPx, heightPx: size.widthPx } : size;
  }
  const { widthPx, heightPx } = property.size;
  if (widthPx > size.widthPx || heightPx > size.heightPx) throw damaged('HEIC', 'it is cropped to more than it has');
  return property.size;
}

async function readProperties(file: FileWindow, container: Box): Promise<Properties> {
  const byIndex = new Map<number, Property>();
  let largest: PictureSize = { widthPx: 0, heightPx: 0 };
  let index = 0;
  for await (const box of boxesIn(file, container)) {
    index += 1;
    const property = await readProperty(file, box);
    if (property === undefined) continue;
    byIndex.set(index, property);
    if (property.type === 'ispe' && pixels(property.size) > pixels(largest)) largest = property.size;
  }
  return { byIndex, largest };
}

async function readProperty(file: FileWindow, { type, start }: Box): Promise<Property | undefined> {
  switch (type) {
    case 'ispe': {
      const bytes = await file.bytes(start + 4, 8);
      return bytes && { type, size: { widthPx: bytes.readUInt32BE(0), heightPx: bytes.readUInt32BE(4) } };
    }
    case 'irot': {
      const turns = await file.bytes(start, 1);
      return turns && { type, isSideways: turns.readUInt8(0) % 2 === 1 };
    }
    case 'clap': {
      const bytes = await file.bytes(start, 16);
      if (bytes === undefined) return undefined;
      const side = (at: number) => Math.round(bytes.readUInt32BE(at) / bytes.readUInt32BE(at + 4));
      const size = { widthPx: side(0), heightPx: side(8) };
      if (!Number.isFinite(pixels(size))) throw damaged('HEIC', 'it is cropped to a part of no size');
      return { type, size };
    }
    default:
      return undefined;
  }
}

async function primaryItem(file: FileWindow, { start }: Box): Promise<number | undefined> {
  const bytes = await file.upTo(start, 8);
  if (bytes.length < 6) return undefined;
  if (bytes.readUInt8(0) === 0) return bytes.readUInt16BE(4);
  return bytes.length < 8 ? undefined : bytes.readUInt32BE(4);
}

/** Indices of an item's properties, in the order in which they apply. */
async function propertiesOf(file: FileWindow, group: Box, item: number | undefined): Promise<readonly number[]> {
  for await (const box of boxesIn(file, group)) {
    if (box.type !== 'ipma') continue;
    const head = await file.bytes(box.start, 8);
    if (head === undefined) break;
    const idBytes = head.readUInt8(0) === 0 ? 2 : 4;
    const indexBytes = head.readUInt8(3) % 2 === 1 ? 2 : 1;
    let at = box.start + 8;
    for (let entries = head.readUInt32BE(4); entries > 0 && at < box.end; entries--) {
      const entry = await file.upTo(at, idBytes + 1 + 255 * indexBytes);
      if (entry.length <= idBytes) break;
      const count = entry.readUInt8(idBytes);
      const places = entry.subarray(idBytes + 1, idBytes + 1 + count * indexBytes);
      // The highest bit says that a reader must know the property.
      const indices = Array.from({ length: Math.floor(places.length / indexBytes) }, (_, index) =>
        indexBytes === 1 ? places.readUInt8(index) & 0x7f : places.readUInt16BE(2 * index) & 0x7fff,
      );
      if (entry.readUIntBE(0, idBytes) === item) return indices;
      at += idBytes + 1 + count * indexBytes;
    }
  }
  return [];
}

function pixels({ widthPx, heightPx }: PictureSize): number {
  return widthPx * heightPx;
}
