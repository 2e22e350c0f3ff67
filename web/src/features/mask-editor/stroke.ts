import { type Brush, brushCoverage, distanceToSegment } from './brush.ts';
import { isEmpty, type Patch, type Raster, type Rect, readTile, tileRect, tilesIn } from './raster.ts';
import type { Point } from './viewport.ts';

interface TouchedTile {
  readonly before: Uint8Array;
  /** The most that any part of this stroke has covered each pixel, 0 to 255. */
  readonly coverage: Uint8Array;
}

/**
 * One stroke, from pressing the pointer to letting go. It paints at once, and remembers what it painted over: in tiles,
 * for undoing it, and so that going over a place twice in one stroke is the same as once.
 */
export class Stroke {
  readonly #raster: Raster;
  readonly #brush: Brush;
  readonly #tiles = new Map<number, TouchedTile>();

  constructor(raster: Raster, brush: Brush) {
    this.#raster = raster;
    this.#brush = brush;
  }

  /**
   * Paints from one place to another; the same place twice makes a dot.
   *
   * @param pressure of a pen, 0 to 1: makes the brush smaller
   * @returns what may have changed; empty outside the picture
   */
  paint(from: Point, to: Point, pressure = 1): Rect {
    const radiusPx = Math.max(0.5, this.#brush.radiusPx * pressure);
    const area = this.#reach(from, to, radiusPx + 1);
    if (isEmpty(area)) return area;
    for (const index of tilesIn(this.#raster, area)) this.#paintTile(index, area, from, to, radiusPx);
    return area;
  }

  /** What was there before the stroke. */
  undoing(): Patch {
    return { tiles: new Map([...this.#tiles].map(([index, { before }]) => [index, before])) };
  }

  #reach(from: Point, to: Point, by: number): Rect {
    const { widthPx, heightPx } = this.#raster;
    return {
      left: Math.max(0, Math.floor(Math.min(from.xPx, to.xPx) - by)),
      top: Math.max(0, Math.floor(Math.min(from.yPx, to.yPx) - by)),
      right: Math.min(widthPx, Math.ceil(Math.max(from.xPx, to.xPx) + by)),
      bottom: Math.min(heightPx, Math.ceil(Math.max(from.yPx, to.yPx) + by)),
    };
  }

  #paintTile(index: number, area: Rect, from: Point, to: Point, radiusPx: number): void {
    const { alpha, widthPx } = this.#raster;
    const { hardness, opacity, mode } = this.#brush;
    const tile = tileRect(this.#raster, index);
    const { before, coverage } = this.#touch(index);
    const tileWidth = tile.right - tile.left;
    const target = mode === 'restore' ? 255 : 0;
    for (let y = Math.max(tile.top, area.top); y < Math.min(tile.bottom, area.bottom); y++) {
      for (let x = Math.max(tile.left, area.left); x < Math.min(tile.right, area.right); x++) {
        const distance = distanceToSegment(x + 0.5, y + 0.5, from, to);
        const covered = Math.round(brushCoverage(distance, radiusPx, hardness) * 255);
        const at = (y - tile.top) * tileWidth + (x - tile.left);
        if (covered <= (coverage[at] ?? 0)) continue;
        coverage[at] = covered;
        const base = before[at] ?? 0;
        alpha[y * widthPx + x] = Math.round(base + ((target - base) * covered * opacity) / 255);
      }
    }
  }

  #touch(index: number): TouchedTile {
    const known = this.#tiles.get(index);
    if (known) return known;
    const before = readTile(this.#raster, index);
    const touched = { before, coverage: new Uint8Array(before.length) };
    this.#tiles.set(index, touched);
    return touched;
  }
}
