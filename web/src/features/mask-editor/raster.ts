/** A mask in memory: one byte a pixel, row by row; 255 is subject. */
export interface Raster {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly alpha: Uint8Array;
}

/** Half open: `right` and `bottom` are the first pixels outside. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const tileSidePx = 64;

/** What some tiles of a raster held at another time. */
export interface Patch {
  readonly tiles: ReadonlyMap<number, Uint8Array>;
}

export function wholeOf({ widthPx, heightPx }: Raster): Rect {
  return { left: 0, top: 0, right: widthPx, bottom: heightPx };
}

export function isEmpty({ left, top, right, bottom }: Rect): boolean {
  return left >= right || top >= bottom;
}

export function union(a: Rect | undefined, b: Rect): Rect {
  if (a === undefined || isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** Tiles are counted row by row; those at the right and lower edge are as small as what is left. */
export function tileRect({ widthPx, heightPx }: Raster, index: number): Rect {
  const columns = Math.ceil(widthPx / tileSidePx);
  const left = (index % columns) * tileSidePx;
  const top = Math.floor(index / columns) * tileSidePx;
  return { left, top, right: Math.min(left + tileSidePx, widthPx), bottom: Math.min(top + tileSidePx, heightPx) };
}

/** The tiles that a rectangle touches. */
export function tilesIn(raster: Raster, rect: Rect): number[] {
  if (isEmpty(rect)) return [];
  const columns = Math.ceil(raster.widthPx / tileSidePx);
  const found: number[] = [];
  for (let row = Math.floor(rect.top / tileSidePx); row * tileSidePx < rect.bottom; row++) {
    for (let column = Math.floor(rect.left / tileSidePx); column * tileSidePx < rect.right; column++) {
      found.push(row * columns + column);
    }
  }
  return found;
}

export function readTile(raster: Raster, index: number): Uint8Array {
  const { left, top, right, bottom } = tileRect(raster, index);
  const width = right - left;
  const tile = new Uint8Array(width * (bottom - top));
  for (let y = top; y < bottom; y++) {
    const row = y * raster.widthPx;
    tile.set(raster.alpha.subarray(row + left, row + right), (y - top) * width);
  }
  return tile;
}

export function writeTile(raster: Raster, index: number, tile: Uint8Array): void {
  const { left, top, right, bottom } = tileRect(raster, index);
  const width = right - left;
  for (let y = top; y < bottom; y++) {
    raster.alpha.set(tile.subarray((y - top) * width, (y - top + 1) * width), y * raster.widthPx + left);
  }
}

/**
 * Puts the patch in place and gives what was there: the way back. Doing it twice changes nothing.
 *
 * @returns the reverse patch, and the smallest rectangle of tiles that changed
 */
export function swapPatch(raster: Raster, { tiles }: Patch): { readonly patch: Patch; readonly changed: Rect } {
  const previous = new Map<number, Uint8Array>();
  let changed: Rect = { left: 0, top: 0, right: 0, bottom: 0 };
  for (const [index, tile] of tiles) {
    previous.set(index, readTile(raster, index));
    writeTile(raster, index, tile);
    changed = union(changed, tileRect(raster, index));
  }
  return { patch: { tiles: previous }, changed };
}

/** The tiles of `wanted` that differ from what the raster holds now. */
export function differingTiles(raster: Raster, wanted: Uint8Array): Patch {
  const other: Raster = { ...raster, alpha: wanted };
  const tiles = new Map<number, Uint8Array>();
  for (const index of tilesIn(raster, wholeOf(raster))) {
    const tile = readTile(other, index);
    const now = readTile(raster, index);
    if (tile.some((value, at) => value !== now[at])) tiles.set(index, tile);
  }
  return { tiles };
}

export function patchBytes({ tiles }: Patch): number {
  let bytes = 0;
  for (const tile of tiles.values()) bytes += tile.byteLength;
  return bytes;
}
