import {
  type Point,
  place,
  type Rect,
  turnedBounds,
} from '../../../../src/processors/image/thumbnail/compose/placement.ts';
import type { ProductLook } from './design.ts';

/** The product alone, as a picture, and where its outline is. */
export interface Ghost {
  readonly url: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** From the picture's middle, in its pixels. */
  readonly outline: readonly Point[];
}

/** Where the ghost is drawn: its middle, in fractions of the canvas, and its width, in fractions of the canvas's. */
export interface GhostPlace {
  readonly centreX: number;
  readonly centreY: number;
  readonly width: number;
  /** Of what is seen of it, after turning; in fractions of the canvas. */
  readonly frame: Rect;
}

/** The server's own geometry, so that the frame is where the product will be. */
export function placeGhost(
  { widthPx, outline }: Ghost,
  look: ProductLook,
  canvas: { readonly widthPx: number; readonly heightPx: number },
  marginPercent: number,
): GhostPlace {
  const turned = turnedBounds(outline, look.mirror, look.rotateDegrees);
  const area = { left: 0, top: 0, width: canvas.widthPx, height: canvas.heightPx };
  const { scale, subject } = place(turned, area, look.marginPercent ?? marginPercent, look);
  return {
    centreX: (subject.left - turned.left * scale) / canvas.widthPx,
    centreY: (subject.top - turned.top * scale) / canvas.heightPx,
    width: (widthPx * scale) / canvas.widthPx,
    frame: {
      left: subject.left / canvas.widthPx,
      top: subject.top / canvas.heightPx,
      width: subject.width / canvas.widthPx,
      height: subject.height / canvas.heightPx,
    },
  };
}

/**
 * The ends of every row of a picture's opaque part: enough to know its bounds however it is turned.
 *
 * @param rgba 4 bytes a pixel
 * @param scale pixels of the whole picture for one of these
 */
export function outlineOf(rgba: Uint8ClampedArray, widthPx: number, heightPx: number, scale: number): readonly Point[] {
  const points: Point[] = [];
  for (let y = 0; y < heightPx; y++) {
    const isOpaque = (x: number): boolean => (rgba[(y * widthPx + x) * 4 + 3] ?? 0) >= 128;
    let first = 0;
    while (first < widthPx && !isOpaque(first)) first++;
    if (first === widthPx) continue;
    let last = widthPx - 1;
    while (!isOpaque(last)) last--;
    for (const x of [first, last + 1]) {
      for (const edge of [y, y + 1]) points.push([(x - widthPx / 2) * scale, (edge - heightPx / 2) * scale]);
    }
  }
  return points;
}
