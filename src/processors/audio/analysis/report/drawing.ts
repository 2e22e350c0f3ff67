/**
 * Pictures as a few shapes, drawn as SVG for the page and as paths for the PDF, so that both show the same. The unit is
 * a CSS pixel or a point; y grows downwards.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

/** Colours by their meaning: each medium has its own, light and dark. */
export type Tone = 'ink' | 'soft' | 'line' | 'sunk' | 'accent' | 'accent-soft' | 'second' | 'warn' | 'bad';

/** A tone, or a colour that is the same everywhere: `#rrggbb`. */
export type Paint = Tone | `#${string}`;

export type Point = readonly [x: number, y: number];

export interface Path {
  readonly kind: 'path';
  readonly points: readonly Point[];
  readonly closed?: boolean;
  readonly fill?: Paint;
  readonly stroke?: Paint;
  readonly strokeWidth?: number;
  readonly dashes?: readonly [number, number];
  readonly opacity?: number;
}

export interface Rect {
  readonly kind: 'rect';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: Paint;
  readonly radius?: number;
  readonly opacity?: number;
}

export interface Text {
  readonly kind: 'text';
  readonly x: number;
  /** Of the line on which letters stand. */
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly fill: Tone;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
}

/** The spectrogram, stretched over this rectangle: the only raster that a report has. */
export interface Raster {
  readonly kind: 'raster';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Shape = Path | Rect | Text | Raster;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Of labels and ticks. */
export const labelSize = 11;

export function line(from: Point, to: Point, stroke: Paint, style: Pick<Path, 'dashes' | 'strokeWidth'> = {}): Path {
  return { kind: 'path', points: [from, to], stroke, strokeWidth: 1, ...style };
}

export function rect({ x, y, width, height }: Box, fill: Paint, style: Pick<Rect, 'radius' | 'opacity'> = {}): Rect {
  return { kind: 'rect', x, y, width: Math.max(0, width), height: Math.max(0, height), fill, ...style };
}

export function label(
  x: number,
  y: number,
  text: string,
  style: Partial<Pick<Text, 'anchor' | 'fill' | 'bold' | 'size'>> = {},
): Text {
  return { kind: 'text', x, y, text, size: labelSize, fill: 'soft', ...style };
}

/** How wide a label will be, roughly: fonts differ, and places are chosen with room to spare. */
export function labelWidth(text: string, size = labelSize): number {
  return text.length * size * 0.56;
}

/** Lines through what is known; a gap wherever a value is not. */
export function lines(
  points: readonly (Point | null)[],
  style: Omit<Path, 'kind' | 'points' | 'closed' | 'fill'>,
): Path[] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  for (const point of [...points, null]) {
    if (point !== null) run.push(point);
    else if (run.length > 0) {
      runs.push(run);
      run = [];
    }
  }
  return runs.filter(({ length }) => length > 1).map((each) => ({ kind: 'path', points: each, ...style }));
}

export interface LegendEntry {
  readonly text: string;
  readonly tone: Tone;
  /** A line, a dashed line, an area, or the marker of a place. */
  readonly sign: 'line' | 'dashes' | 'area' | 'marker';
}

/** Signs and words in a row, on a second row where the first is full. @returns shapes and the height they take */
export function legend(
  entries: readonly LegendEntry[],
  { x, y, width }: Omit<Box, 'height'>,
): { shapes: Shape[]; height: number } {
  const shapes: Shape[] = [];
  const rowHeight = 17;
  let [left, top] = [x, y];
  for (const { text, tone, sign } of entries) {
    const needed = 24 + labelWidth(text);
    if (left > x && left + needed > x + width) [left, top] = [x, top + rowHeight];
    const middle = top + 7;
    if (sign === 'area') shapes.push(rect({ x: left, y: middle - 5, width: 16, height: 10 }, tone, { radius: 2 }));
    else if (sign === 'marker') shapes.push(marker(left + 8, middle + 4, tone));
    else {
      const dashes = sign === 'dashes' ? { dashes: [4, 3] as const } : {};
      shapes.push(line([left, middle], [left + 16, middle], tone, { strokeWidth: 2, ...dashes }));
    }
    shapes.push(label(left + 22, middle + 4, text));
    left += needed + 16;
  }
  return { shapes, height: top - y + rowHeight };
}

/** A small triangle that points down at a place. */
export function marker(x: number, tip: number, fill: Tone): Path {
  return {
    kind: 'path',
    points: [
      [x - 4, tip - 7],
      [x + 4, tip - 7],
      [x, tip],
    ],
    closed: true,
    fill,
  };
}
