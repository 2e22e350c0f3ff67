/**
 * Gives every half-transparent pixel the colour of the thing itself, in place of its mixture with what was behind it.
 *
 * A photograph shows I = αF + (1−α)B. Kept as it is, I carries the old background into the new picture as a halo.
 * F and B are first taken as weighted means of their neighbourhood, wide and then narrow, and then moved by the
 * least amount that makes the mixture come out as photographed. Pixels with α = 0 become black, so that nothing of
 * the removed background stays in the file.
 *
 * @param rgb 3 bytes a pixel, row by row; changed in place
 * @param alpha 1 byte a pixel, final
 * @see Forte 2021, "Approximate Fast Foreground Colour Estimation" (the two blurs); the last step is the constrained
 *   least-squares solution instead of the paper's damped one
 */
export function estimateForeground(rgb: Uint8Array, alpha: Uint8Array, widthPx: number, heightPx: number): void {
  const cellPx = Math.max(1, Math.round(Math.max(widthPx, heightPx) / longSideCells));
  const known = sumsOf(rgb, alpha, widthPx, heightPx, cellPx, (a) => a === 0 || a === 255);
  const mixed = sumsOf(rgb, alpha, widthPx, heightPx, cellPx, (a) => a !== 0 && a !== 255);
  const wide = blur(add(known, mixed), wideCells);
  const refined = solve(rgb, alpha, widthPx, heightPx, wide, { ...known, cells: known.cells.slice() });
  const narrow = blur(refined, narrowCells);
  solve(rgb, alpha, widthPx, heightPx, narrow, undefined);
}

/** Neighbourhoods are measured in cells, so that they grow with the picture, as a mask's soft edge does. */
const longSideCells = 576;
const wideCells = 22;
const narrowCells = 1;

/** For each cell: αF red, green, blue, α; then (1−α)B red, green, blue, 1−α. */
const fields = 8;

interface Sums {
  readonly columns: number;
  readonly rows: number;
  readonly cellPx: number;
  readonly cells: Float32Array;
}

function sumsOf(
  rgb: Uint8Array,
  alpha: Uint8Array,
  widthPx: number,
  heightPx: number,
  cellPx: number,
  counts: (alpha: number) => boolean,
): Sums {
  const columns = Math.ceil(widthPx / cellPx);
  const rows = Math.ceil(heightPx / cellPx);
  const cells = new Float32Array(columns * rows * fields);
  const counted = Uint8Array.from({ length: 256 }, (_, value) => (counts(value) ? 1 : 0));
  for (let y = 0, pixel = 0; y < heightPx; y++) {
    const row = Math.floor(y / cellPx) * columns;
    for (let x = 0; x < widthPx; x++, pixel++) {
      const a = alpha[pixel] as number;
      if (counted[a] === 0) continue;
      const cell = (row + Math.floor(x / cellPx)) * fields;
      accumulate(
        cells,
        cell,
        a / 255,
        rgb[pixel * 3] as number,
        rgb[pixel * 3 + 1] as number,
        rgb[pixel * 3 + 2] as number,
      );
    }
  }
  return { columns, rows, cellPx, cells };
}

function accumulate(cells: Float32Array, cell: number, a: number, red: number, green: number, blue: number): void {
  const b = 1 - a;
  if (a > 0) {
    cells[cell] = (cells[cell] as number) + a * red;
    cells[cell + 1] = (cells[cell + 1] as number) + a * green;
    cells[cell + 2] = (cells[cell + 2] as number) + a * blue;
    cells[cell + 3] = (cells[cell + 3] as number) + a;
  }
  if (b > 0) {
    cells[cell + 4] = (cells[cell + 4] as number) + b * red;
    cells[cell + 5] = (cells[cell + 5] as number) + b * green;
    cells[cell + 6] = (cells[cell + 6] as number) + b * blue;
    cells[cell + 7] = (cells[cell + 7] as number) + b;
  }
}

function add(a: Sums, b: Sums): Sums {
  return { ...a, cells: a.cells.map((value, index) => value + (b.cells[index] as number)) };
}

/** Sums over a square of 2 × radius + 1 cells, by running sums along rows, then columns. */
function blur(sums: Sums, radius: number): Sums {
  const { columns, rows } = sums;
  const across = new Float32Array(sums.cells.length);
  for (let row = 0; row < rows; row++) runningSum(sums.cells, across, row * columns * fields, fields, columns, radius);
  const both = new Float32Array(across.length);
  for (let column = 0; column < columns; column++)
    runningSum(across, both, column * fields, columns * fields, rows, radius);
  return { ...sums, cells: both };
}

function runningSum(
  from: Float32Array,
  to: Float32Array,
  start: number,
  stride: number,
  count: number,
  radius: number,
): void {
  for (let field = 0; field < fields; field++) {
    const base = start + field;
    // Double precision: thousands of additions and subtractions must cancel exactly enough.
    let sum = 0;
    for (let i = 0; i < Math.min(radius, count); i++) sum += from[base + i * stride] as number;
    for (let i = 0; i < count; i++) {
      if (i + radius < count) sum += from[base + (i + radius) * stride] as number;
      if (i - radius - 1 >= 0) sum -= from[base + (i - radius - 1) * stride] as number;
      to[base + i * stride] = sum;
    }
  }
}

/**
 * Solves each mixed pixel against the neighbourhood means. With `into`, F and B are added to those sums and the
 * picture stays as it is; without, F becomes the pixel.
 */
function solve(
  rgb: Uint8Array,
  alpha: Uint8Array,
  widthPx: number,
  heightPx: number,
  means: Sums,
  into: Sums | undefined,
): Sums {
  const { columns, cellPx } = means;
  const near = new Float32Array(fields);
  for (let y = 0, pixel = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, pixel++) {
      const value = alpha[pixel] as number;
      if (value === 255) continue;
      const at = pixel * 3;
      if (value === 0) {
        if (!into) rgb.fill(0, at, at + 3);
        continue;
      }
      sample(means, x, y, near);
      const a = value / 255;
      const b = 1 - a;
      const stiffness = a * a + b * b;
      const foregroundWeight = near[3] as number;
      const backgroundWeight = near[7] as number;
      const cell = (Math.floor(y / cellPx) * columns + Math.floor(x / cellPx)) * fields;
      for (let channel = 0; channel < 3; channel++) {
        const seen = rgb[at + channel] as number;
        const foreground = foregroundWeight > tiny ? (near[channel] as number) / foregroundWeight : seen;
        const background = backgroundWeight > tiny ? (near[channel + 4] as number) / backgroundWeight : seen;
        const missing = (seen - a * foreground - b * background) / stiffness;
        const solved = clamp(foreground + a * missing);
        if (!into) {
          rgb[at + channel] = Math.round(solved);
          continue;
        }
        into.cells[cell + channel] = (into.cells[cell + channel] as number) + a * solved;
        into.cells[cell + channel + 4] =
          (into.cells[cell + channel + 4] as number) + b * clamp(background + b * missing);
      }
      if (!into) continue;
      into.cells[cell + 3] = (into.cells[cell + 3] as number) + a;
      into.cells[cell + 7] = (into.cells[cell + 7] as number) + b;
    }
  }
  return into ?? means;
}

/** Below this weight a mean is rounding noise. */
const tiny = 1e-3;

/** The sums at a pixel, interpolated between the centres of the four cells around it. */
function sample({ cells, columns, rows, cellPx }: Sums, x: number, y: number, out: Float32Array): void {
  const column = Math.min(columns - 1, Math.max(0, (x + 0.5) / cellPx - 0.5));
  const row = Math.min(rows - 1, Math.max(0, (y + 0.5) / cellPx - 0.5));
  const left = Math.floor(column);
  const top = Math.floor(row);
  const right = Math.min(columns - 1, left + 1);
  const bottom = Math.min(rows - 1, top + 1);
  const toRight = column - left;
  const toBottom = row - top;
  for (let field = 0; field < fields; field++) {
    const upper = mix(
      cells,
      (top * columns + left) * fields + field,
      (top * columns + right) * fields + field,
      toRight,
    );
    const lower = mix(
      cells,
      (bottom * columns + left) * fields + field,
      (bottom * columns + right) * fields + field,
      toRight,
    );
    out[field] = upper + (lower - upper) * toBottom;
  }
}

function mix(cells: Float32Array, from: number, to: number, share: number): number {
  const start = cells[from] as number;
  return start + ((cells[to] as number) - start) * share;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
