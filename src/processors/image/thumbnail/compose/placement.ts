import type { Anchor } from '../params/common.ts';
import type { AreaParams, ProductParams } from '../params/product.ts';

/** In fractions of pixels. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export type Point = readonly [x: number, y: number];

/** Enlarged further, a photograph is a blur, and the sizes on the way to it have no bound. */
const maxScale = 16;

/** Edges of points after mirroring and turning, in pixels of the photograph, from its middle. */
export function turnedBounds(points: readonly Point[], mirror: boolean, degrees: number): Rect {
  const [right, down] = directions(degrees);
  const turned = points.map(([x, y]): Point => {
    const across = mirror ? -x : x;
    return [across * right - y * down, across * down + y * right];
  });
  return boundsOf(turned);
}

export function boundsOf(points: readonly Point[]): Rect {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

/** Cosine and sine. */
export function directions(degrees: number): Point {
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
}

/** Two on a square stand beside each other, not above. */
const beside = 0.2;

/** The products' shares of the canvas: what they say, or equal cells, row by row. */
export function areasOf(products: readonly ProductParams[], widthPx: number, heightPx: number): readonly Rect[] {
  const sharing = products.filter(({ area }) => area === undefined).length;
  const columns = Math.max(1, Math.min(sharing, Math.round(Math.sqrt((sharing * widthPx) / heightPx) + beside)));
  const rows = Math.ceil(sharing / columns);
  let cell = 0;
  return products.map(({ area }) => {
    if (area !== undefined) return partOf(area, widthPx, heightPx);
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    cell++;
    // The last row may have fewer, and gives them the whole width.
    const inRow = row === rows - 1 ? sharing - row * columns : columns;
    const [width, height] = [widthPx / inRow, heightPx / rows];
    return { left: column * width, top: row * height, width, height };
  });
}

function partOf(
  { leftPercent, topPercent, widthPercent, heightPercent }: AreaParams,
  widthPx: number,
  heightPx: number,
): Rect {
  return {
    left: (leftPercent / 100) * widthPx,
    top: (topPercent / 100) * heightPx,
    width: (widthPercent / 100) * widthPx,
    height: (heightPercent / 100) * heightPx,
  };
}

export interface Placement {
  /** Pixels of the canvas for each of the photograph. */
  readonly scale: number;
  /** The subject, on the canvas. */
  readonly subject: Rect;
}

type Wishes = Pick<ProductParams, 'anchor' | 'offsetXPercent' | 'offsetYPercent' | 'scalePercent'>;

/** @param subject as it comes out of the photograph: only its size counts */
export function place(subject: Rect, area: Rect, marginPercent: number, wishes: Wishes): Placement {
  const margin = (Math.min(area.width, area.height) * marginPercent) / 100;
  const room = {
    left: area.left + margin,
    top: area.top + margin,
    width: area.width - 2 * margin,
    height: area.height - 2 * margin,
  };
  const fitted = Math.min(room.width / subject.width, room.height / subject.height);
  const scale = Math.min(maxScale, (fitted * wishes.scalePercent) / 100);
  const [width, height] = [subject.width * scale, subject.height * scale];
  const { left, top } = anchored(room, width, height, wishes.anchor);
  return {
    scale,
    subject: {
      left: left + (wishes.offsetXPercent / 100) * area.width,
      top: top + (wishes.offsetYPercent / 100) * area.height,
      width,
      height,
    },
  };
}

/** Where something of a size stands in a room. */
export function anchored(room: Rect, width: number, height: number, anchor: Anchor): Rect {
  const across = anchor.endsWith('left') ? 0 : anchor.endsWith('right') ? 1 : 0.5;
  const down = anchor.startsWith('top') ? 0 : anchor.startsWith('bottom') ? 1 : 0.5;
  return {
    left: room.left + (room.width - width) * across,
    top: room.top + (room.height - height) * down,
    width,
    height,
  };
}
