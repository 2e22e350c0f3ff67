import type { Point } from './viewport.ts';

/** What a stroke does, and with what. */
export interface Brush {
  readonly mode: 'restore' | 'erase';
  /** In pixels of the mask. */
  readonly radiusPx: number;
  /** 0 falls off from the centre, 1 has a crisp edge. */
  readonly hardness: number;
  /** How far a stroke goes towards its end, 0 to 1; crossing itself does not add up. */
  readonly opacity: number;
}

export const brushLimits = { smallestPx: 1, largestPx: 400 } as const;

/**
 * How much of the brush a pixel gets.
 *
 * The profile is a smoothstep from the end of the hard core to the radius; a crisp edge is a ramp one pixel wide,
 * centred on the radius, so that the painted area stays that of the circle.
 *
 * @param distancePx from the brush's centre to the pixel's centre
 * @returns 0…1
 */
export function brushCoverage(distancePx: number, radiusPx: number, hardness: number): number {
  const start = Math.min(radiusPx * hardness, radiusPx - 0.5);
  const end = Math.max(radiusPx, start + 1);
  const inward = Math.min(Math.max((end - distancePx) / (end - start), 0), 1);
  return inward * inward * (3 - 2 * inward);
}

/** From a point to the nearest point of the line between `from` and `to`. */
export function distanceToSegment(xPx: number, yPx: number, from: Point, to: Point): number {
  const dx = to.xPx - from.xPx;
  const dy = to.yPx - from.yPx;
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : ((xPx - from.xPx) * dx + (yPx - from.yPx) * dy) / squared;
  const t = Math.min(Math.max(along, 0), 1);
  return Math.hypot(xPx - from.xPx - t * dx, yPx - from.yPx - t * dy);
}

/** The next size up or down: a tenth, and at least a pixel, so that small brushes move too. */
export function stepRadius(radiusPx: number, direction: 1 | -1): number {
  const next = Math.round(radiusPx + direction * Math.max(1, radiusPx * 0.1));
  return Math.min(Math.max(next, brushLimits.smallestPx), brushLimits.largestPx);
}
