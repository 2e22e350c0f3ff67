import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { box, uint32BE } from './media-builders.ts';

// HEIF files built box by box around pixels that an encoder made: turned, cropped, in grids, or wrong on purpose.

/** @see test/fixtures/heic/README.md */
export function heicFixture(name: 'plain' | 'alpha' | 'deep' | 'p3' | 'shoe'): Buffer {
  return readFileSync(join(import.meta.dirname, '..', 'fixtures', 'heic', `${name}.heic`));
}

/** The quarters of the drawn files: top left, top right, bottom left, bottom right. */
export const quarters = [
  [208, 48, 40],
  [40, 160, 80],
  [48, 80, 200],
  [232, 228, 220],
] as const;

export interface HeifItem {
  readonly id: number;
  readonly type: 'hvc1' | 'grid' | 'iovl';
  /** Boxes, in the order in which they apply. */
  readonly properties: readonly Buffer[];
  readonly data: Buffer;
  /** What it is made of, or what it is the opacity of. */
  readonly refers?: { readonly type: 'dimg' | 'auxl'; readonly to: readonly number[] };
}

export interface HeifOptions {
  readonly items: readonly HeifItem[];
  /** The first one, when nothing else is said. */
  readonly primary?: number;
  /** Written into the box instead of the number of items that follow. */
  readonly claimedItems?: number;
}

/** @see ISO/IEC 14496-12, section 8.11; ISO/IEC 23008-12, section 9 */
export function heif({ items, primary = items[0]?.id ?? 1, claimedItems = items.length }: HeifOptions): Buffer {
  const properties: Buffer[] = [];
  const indices = new Map<string, number>();
  const associations = items.map(({ id, properties: own }) => {
    const places = own.map((property) => {
      const key = property.toString('latin1');
      const index = indices.get(key) ?? properties.push(property);
      indices.set(key, index);
      // What turns or crops is essential: a reader that does not know it must not show the item.
      return index | (/^(irot|imir|clap|hvcC)$/.test(property.toString('latin1', 4, 8)) ? 0x80 : 0);
    });
    return Buffer.concat([uint16BE(id), Buffer.from([places.length, ...places])]);
  });
  const infos = items.map(({ id, type }) =>
    fullBox('infe', 2, uint16BE(id), uint16BE(0), Buffer.from(`${type}\0`, 'latin1')),
  );
  const references = items.flatMap(({ id, refers }) =>
    refers ? [box(refers.type, uint16BE(id), uint16BE(refers.to.length), Buffer.concat(refers.to.map(uint16BE)))] : [],
  );
  const head = box('ftyp', Buffer.from('heic\0\0\0\0mif1heic'));
  const meta = (dataAt: number): Buffer => {
    let at = dataAt;
    const places = items.map(({ id, data }) => {
      const place = Buffer.concat([uint16BE(id), uint16BE(0), uint16BE(1), uint32BE(at), uint32BE(data.length)]);
      at += data.length;
      return place;
    });
    return fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, Buffer.from('\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1')),
      fullBox('pitm', 0, uint16BE(primary)),
      fullBox('iloc', 0, Buffer.from([0x44, 0]), uint16BE(items.length), Buffer.concat(places)),
      fullBox('iinf', 0, uint16BE(claimedItems), Buffer.concat(infos)),
      box('iprp', box('ipco', ...properties), fullBox('ipma', 0, uint32BE(items.length), Buffer.concat(associations))),
      ...(references.length === 0 ? [] : [fullBox('iref', 0, ...references)]),
    );
  };
  const dataAt = head.length + meta(0).length + 8;
  return Buffer.concat([head, meta(dataAt), box('mdat', Buffer.concat(items.map(({ data }) => data)))]);
}

/** The only picture of an encoder's file, as an item of another. */
export function codedItem(file: Buffer, id = 1, properties: readonly Buffer[] = []): HeifItem {
  const dataAt = file.indexOf('mdat') + 4;
  return {
    id,
    type: 'hvc1',
    properties: [boxIn(file, 'hvcC'), boxIn(file, 'ispe'), ...properties],
    data: file.subarray(dataAt),
  };
}

/** Tiles put together: the items after it, row by row. */
export function gridItem(
  rows: number,
  columns: number,
  widthPx: number,
  heightPx: number,
  tiles: readonly number[],
  id = 100,
): HeifItem {
  const data = Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), uint32BE(widthPx), uint32BE(heightPx)]);
  return { id, type: 'grid', properties: [ispe(widthPx, heightPx)], data, refers: { type: 'dimg', to: tiles } };
}

/** Pictures laid over each other, all at the top left. */
export function overlayItem(widthPx: number, heightPx: number, layers: readonly number[], id = 100): HeifItem {
  const data = Buffer.concat([
    Buffer.from([0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    uint32BE(widthPx),
    uint32BE(heightPx),
    ...layers.map(() => Buffer.alloc(8)),
  ]);
  return { id, type: 'iovl', properties: [ispe(widthPx, heightPx)], data, refers: { type: 'dimg', to: layers } };
}

export function ispe(widthPx: number, heightPx: number): Buffer {
  return fullBox('ispe', 0, uint32BE(widthPx), uint32BE(heightPx));
}

/** @param quarterTurns anticlockwise */
export function irot(quarterTurns: number): Buffer {
  return box('irot', Buffer.from([quarterTurns]));
}

/** @param mode 0: top and bottom exchanged; 1: left and right */
export function imir(mode: 0 | 1): Buffer {
  return box('imir', Buffer.from([mode]));
}

/** A window of this size whose middle is `rightPx` and `downPx` from the picture's middle. */
export function clap(widthPx: number, heightPx: number, rightPx: number, downPx: number): Buffer {
  const fractions = [widthPx, heightPx, rightPx, downPx].map((value) => {
    const numerator = Buffer.alloc(4);
    numerator.writeInt32BE(value);
    return Buffer.concat([numerator, uint32BE(1)]);
  });
  return box('clap', ...fractions);
}

/** @see ITU-T H.273 */
export function nclx(primaries: number, transfer: number, matrix: number): Buffer {
  return box('colr', Buffer.from('nclx'), ...[primaries, transfer, matrix].map(uint16BE), Buffer.from([0x80]));
}

export function auxiliaryAlpha(): Buffer {
  return fullBox('auxC', 0, Buffer.from('urn:mpeg:hevc:2015:auxid:1\0'));
}

function boxIn(file: Buffer, type: string): Buffer {
  const at = file.indexOf(type) - 4;
  return file.subarray(at, at + file.readUInt32BE(at));
}

function fullBox(type: string, version: number, ...content: readonly Buffer[]): Buffer {
  return box(type, Buffer.from([version, 0, 0, 0]), ...content);
}

function uint16BE(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
