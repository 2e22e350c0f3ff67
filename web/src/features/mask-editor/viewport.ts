export interface Point {
  readonly xPx: number;
  readonly yPx: number;
}

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Where the picture lies on the screen: screen = picture × scale + offset. */
export interface Viewport {
  readonly scale: number;
  readonly xPx: number;
  readonly yPx: number;
}

/** A pixel of the picture is never larger than this on the screen. */
const largestScale = 16;
/** At least this much of the screen keeps showing the picture. */
const keptPx = 48;

export function toPicture({ scale, xPx, yPx }: Viewport, point: Point): Point {
  return { xPx: (point.xPx - xPx) / scale, yPx: (point.yPx - yPx) / scale };
}

export function toScreen({ scale, xPx, yPx }: Viewport, point: Point): Point {
  return { xPx: point.xPx * scale + xPx, yPx: point.yPx * scale + yPx };
}

/** The whole picture in the middle of the screen. */
export function fitted(picture: Size, screen: Size, paddingPx: number): Viewport {
  const scale = Math.max(
    Math.min(
      (screen.widthPx - 2 * paddingPx) / picture.widthPx,
      (screen.heightPx - 2 * paddingPx) / picture.heightPx,
      largestScale,
    ),
    0.01,
  );
  return {
    scale,
    xPx: (screen.widthPx - picture.widthPx * scale) / 2,
    yPx: (screen.heightPx - picture.heightPx * scale) / 2,
  };
}

/**
 * Larger or smaller, with the picture under `at` staying where it is.
 *
 * @param smallestScale usually half of what fits
 */
export function zoomed(viewport: Viewport, at: Point, factor: number, smallestScale: number): Viewport {
  const scale = Math.min(Math.max(viewport.scale * factor, smallestScale), largestScale);
  const under = toPicture(viewport, at);
  return { scale, xPx: at.xPx - under.xPx * scale, yPx: at.yPx - under.yPx * scale };
}

/** Moves the picture, but not out of sight. */
export function panned(viewport: Viewport, by: Point, picture: Size, screen: Size): Viewport {
  return {
    scale: viewport.scale,
    xPx: clamp(viewport.xPx + by.xPx, keptPx - picture.widthPx * viewport.scale, screen.widthPx - keptPx),
    yPx: clamp(viewport.yPx + by.yPx, keptPx - picture.heightPx * viewport.scale, screen.heightPx - keptPx),
  };
}

/** Moves the picture as far as needed to bring a point of it onto the screen. */
export function revealed(viewport: Viewport, point: Point, screen: Size, marginPx: number): Viewport {
  const at = toScreen(viewport, point);
  const xPx = clamp(at.xPx, marginPx, Math.max(marginPx, screen.widthPx - marginPx));
  const yPx = clamp(at.yPx, marginPx, Math.max(marginPx, screen.heightPx - marginPx));
  return { ...viewport, xPx: viewport.xPx + xPx - at.xPx, yPx: viewport.yPx + yPx - at.yPx };
}

/** What two fingers did: zoomed by the change of their distance, moved by that of their middle. */
export function pinched(
  viewport: Viewport,
  before: readonly [Point, Point],
  after: readonly [Point, Point],
  smallestScale: number,
): Viewport {
  const middle = between(before);
  const target = between(after);
  const factor = distance(after) / Math.max(distance(before), 1);
  const next = zoomed(viewport, middle, factor, smallestScale);
  return { ...next, xPx: next.xPx + target.xPx - middle.xPx, yPx: next.yPx + target.yPx - middle.yPx };
}

function between([a, b]: readonly [Point, Point]): Point {
  return { xPx: (a.xPx + b.xPx) / 2, yPx: (a.yPx + b.yPx) / 2 };
}

function distance([a, b]: readonly [Point, Point]): number {
  return Math.hypot(a.xPx - b.xPx, a.yPx - b.yPx);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, Math.min(least, most)), Math.max(least, most));
}
