import type { Field } from './noise.ts';

/** Red, green, blue, 0…255. */
export type Colour = readonly [red: number, green: number, blue: number];

/**
 * Signed distance to an edge, negative inside. Never grows faster than the true distance, so that blocks that are
 * far enough outside can be skipped whole.
 */
export type Shape = Field;

/** One colour, lighter and darker from place to place. */
export interface Material {
  readonly colour: Colour;
  /** 1 leaves the colour as it is. */
  readonly shade: Field;
}

/**
 * What is in front: straight colours with coverage. Shapes are in units: the origin in the middle, y down, the shorter
 * side from −1 to 1.
 */
export interface Canvas {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelsPerUnit: number;
  readonly alpha: Float32Array;
  readonly rgb: Float32Array;
  /** Of the line being drawn: its segments overlap, but it covers nothing twice. All zero between lines. */
  readonly strokeCoverage: Float32Array;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const blockPx = 16;

export function createCanvas(widthPx: number, heightPx: number): Canvas {
  const pixels = widthPx * heightPx;
  return {
    widthPx,
    heightPx,
    pixelsPerUnit: Math.min(widthPx, heightPx) / 2,
    alpha: new Float32Array(pixels),
    rgb: new Float32Array(pixels * 3),
    strokeCoverage: new Float32Array(pixels),
  };
}

/**
 * Fills a shape.
 *
 * @param softnessPx from nothing to all: 1 is a sharp lens, 8 an edge out of focus
 * @param opacity of the inside; below 1 the background shows through
 */
export function fill(
  canvas: Canvas,
  shape: Shape,
  material: Material,
  softnessPx = 1,
  opacity: Field | number = 1,
): void {
  const { widthPx, heightPx, pixelsPerUnit } = canvas;
  const reach = ((blockPx * Math.SQRT2) / 2 + softnessPx) / pixelsPerUnit;
  for (let top = 0; top < heightPx; top += blockPx) {
    for (let left = 0; left < widthPx; left += blockPx) {
      if (shape(unitX(canvas, left + blockPx / 2), unitY(canvas, top + blockPx / 2)) > reach) continue;
      for (let row = top; row < Math.min(top + blockPx, heightPx); row++) {
        for (let column = left; column < Math.min(left + blockPx, widthPx); column++) {
          const x = unitX(canvas, column + 0.5);
          const y = unitY(canvas, row + 0.5);
          const coverage = Math.min(1, Math.max(0, 0.5 - (shape(x, y) * pixelsPerUnit) / softnessPx));
          if (coverage === 0) continue;
          const opaque = typeof opacity === 'number' ? opacity : opacity(x, y);
          cover(canvas, row * widthPx + column, coverage * opaque, material, x, y);
        }
      }
    }
  }
}

/** Draws a line through points, antialiased; a line thinner than a pixel covers it in part. */
export function stroke(
  canvas: Canvas,
  points: readonly Point[],
  material: Material,
  startWidthPx: number,
  endWidthPx = startWidthPx,
): void {
  const touched: number[] = [];
  for (let at = 1; at < points.length; at++) {
    const width = startWidthPx + ((endWidthPx - startWidthPx) * at) / (points.length - 1);
    coverSegment(canvas, points[at - 1] as Point, points[at] as Point, width, touched);
  }
  for (const pixel of touched) {
    const coverage = canvas.strokeCoverage[pixel] as number;
    canvas.strokeCoverage[pixel] = 0;
    const column = pixel % canvas.widthPx;
    const row = (pixel - column) / canvas.widthPx;
    cover(canvas, pixel, coverage, material, unitX(canvas, column + 0.5), unitY(canvas, row + 0.5));
  }
}

function coverSegment(canvas: Canvas, from: Point, to: Point, widthPx: number, touched: number[]): void {
  const startX = pixelX(canvas, from.x);
  const startY = pixelY(canvas, from.y);
  const alongX = pixelX(canvas, to.x) - startX;
  const alongY = pixelY(canvas, to.y) - startY;
  const length2 = alongX * alongX + alongY * alongY || 1;
  const reach = widthPx / 2 + 1;
  const lastColumn = Math.min(canvas.widthPx - 1, Math.ceil(Math.max(startX, startX + alongX) + reach));
  const lastRow = Math.min(canvas.heightPx - 1, Math.ceil(Math.max(startY, startY + alongY) + reach));
  const firstColumn = Math.max(0, Math.floor(Math.min(startX, startX + alongX) - reach));
  for (let row = Math.max(0, Math.floor(Math.min(startY, startY + alongY) - reach)); row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const x = column + 0.5 - startX;
      const y = row + 0.5 - startY;
      const along = Math.min(1, Math.max(0, (x * alongX + y * alongY) / length2));
      const distance = length(x - along * alongX, y - along * alongY);
      const coverage = Math.min(widthPx, 1, widthPx / 2 + 0.5 - distance);
      const pixel = row * canvas.widthPx + column;
      const before = canvas.strokeCoverage[pixel] as number;
      if (coverage <= before) continue;
      if (before === 0) touched.push(pixel);
      canvas.strokeCoverage[pixel] = coverage;
    }
  }
}

/** Porter and Duff's "over", with straight colours. */
function cover(
  canvas: Canvas,
  pixel: number,
  coverage: number,
  { colour, shade }: Material,
  x: number,
  y: number,
): void {
  const { alpha, rgb } = canvas;
  const beneath = (alpha[pixel] as number) * (1 - coverage);
  const total = coverage + beneath;
  if (total === 0) return;
  const light = shade(x, y);
  for (let channel = 0; channel < 3; channel++) {
    const at = pixel * 3 + channel;
    const value = Math.min(255, Math.max(0, (colour[channel] as number) * light));
    rgb[at] = (value * coverage + (rgb[at] as number) * beneath) / total;
  }
  alpha[pixel] = total;
}

/** Many times as fast as Math.hypot, which guards against overflow. */
export function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

function unitX({ widthPx, pixelsPerUnit }: Canvas, x: number): number {
  return (x - widthPx / 2) / pixelsPerUnit;
}

function unitY({ heightPx, pixelsPerUnit }: Canvas, y: number): number {
  return (y - heightPx / 2) / pixelsPerUnit;
}

function pixelX({ widthPx, pixelsPerUnit }: Canvas, x: number): number {
  return x * pixelsPerUnit + widthPx / 2;
}

function pixelY({ heightPx, pixelsPerUnit }: Canvas, y: number): number {
  return y * pixelsPerUnit + heightPx / 2;
}
