import { length, type Point, type Shape } from './canvas.ts';
import { type Field, smooth } from './noise.ts';

export function ellipse(centre: Point, radiusX: number, radiusY: number): Shape {
  const smaller = Math.min(radiusX, radiusY);
  return (x, y) => (length((x - centre.x) / radiusX, (y - centre.y) / radiusY) - 1) * smaller;
}

export function ring(centre: Point, radiusX: number, radiusY: number, thickness: number): Shape {
  const middle = ellipse(centre, radiusX, radiusY);
  return (x, y) => Math.abs(middle(x, y)) - thickness / 2;
}

export function roundedBox(centre: Point, halfWidth: number, halfHeight: number, radius: number): Shape {
  return (x, y) => {
    const right = Math.abs(x - centre.x) - halfWidth + radius;
    const below = Math.abs(y - centre.y) - halfHeight + radius;
    return length(Math.max(right, 0), Math.max(below, 0)) + Math.min(Math.max(right, below), 0) - radius;
  };
}

/** A leaf: what two equal circles share, between its two tips. */
export function leaf(from: Point, to: Point, thickness: number): Shape {
  const halfLength = length(to.x - from.x, to.y - from.y) / 2;
  const alongX = (to.x - from.x) / 2 / halfLength;
  const alongY = (to.y - from.y) / 2 / halfLength;
  const halfThickness = thickness / 2;
  const radius = (halfLength ** 2 + halfThickness ** 2) / (2 * halfThickness);
  return (x, y) => {
    const fromX = x - (from.x + to.x) / 2;
    const fromY = y - (from.y + to.y) / 2;
    const along = fromX * alongX + fromY * alongY;
    const across = Math.abs(fromX * alongY - fromY * alongX);
    return length(along, across + radius - halfThickness) - radius;
  };
}

export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.reduce((nearest, shape) => Math.min(nearest, shape(x, y)), Number.POSITIVE_INFINITY);
}

export function without(shape: Shape, hole: Shape): Shape {
  return (x, y) => Math.max(shape(x, y), -hole(x, y));
}

/** Something turned on a lathe, seen from the side. */
export interface Lathed {
  readonly shape: Shape;
  /** Light from the upper left on its round side, with a highlight. */
  readonly light: Field;
}

/** @param profile half of the width at heights that grow, top first */
export function lathed(profile: readonly (readonly [y: number, halfWidth: number])[]): Lathed {
  const [top = 0] = profile[0] ?? [];
  const [bottom = 0] = profile.at(-1) ?? [];
  const halfWidthAt = (y: number): number => {
    let above = profile[0] ?? [0, 0];
    for (const below of profile) {
      if (y <= below[0]) return above[1] + (below[1] - above[1]) * smooth((y - above[0]) / (below[0] - above[0] || 1));
      above = below;
    }
    return above[1];
  };
  let steepest = 0;
  for (let y = top; y < bottom; y += 0.005) {
    steepest = Math.max(steepest, Math.abs(halfWidthAt(y + 0.005) - halfWidthAt(y)) / 0.005);
  }
  const slant = length(1, steepest);
  return {
    shape: (x, y) => Math.max((Math.abs(x) - halfWidthAt(y)) / slant, top - y, y - bottom),
    light: (x, y) => roundLight(x / (halfWidthAt(y) || 1)),
  };
}

/** Light on a ball. */
export function ballLight(centre: Point, radius: number): Field {
  return (x, y) => {
    const right = (x - centre.x) / radius;
    const below = (y - centre.y) / radius;
    const towards = Math.sqrt(Math.max(0, 1 - right * right - below * below));
    const lit = Math.max(0, -0.5 * right - 0.6 * below + 0.63 * towards);
    return 0.45 + 0.6 * lit + 0.8 * lit ** 24;
  };
}

/** @param across −1 at the left edge, 1 at the right one */
function roundLight(across: number): number {
  const held = Math.min(1, Math.max(-1, across));
  const lit = Math.max(0, -0.6 * held + 0.8 * Math.sqrt(1 - held * held));
  return 0.45 + 0.6 * lit + 0.5 * lit ** 40;
}
