/**
 * Sums of colour over the cells of a grid, from which means around any pixel follow.
 *
 * For each cell: weighted F red, green, blue, weight; then the same of B. Cells are measured against the picture,
 * so that neighbourhoods grow with it, as a mask's soft edge does.
 */
export interface Sums {
  readonly columns: number;
  readonly rows: number;
  readonly cellPx: number;
  readonly cells: Float32Array;
}

export interface Pixels {
  readonly rgb: Uint8Array;
  readonly alpha: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Weighted {
  readonly foreground: ArrayLike<number>;
  readonly background: ArrayLike<number>;
}

const fields = 8;
/** Cells of 3 px in a picture of 1,152 px: interpolated, they see about 6 px. */
const longSideCells = 384;
/** Four cells in one, then a square of nine: about 100 px. */
const coarseFactor = 4;
const coarseRadius = 4;

/** `known` is what is wholly subject or wholly background; `mixed` counts the rest to both sides, as it was seen. */
export function sumPicture(picture: Pixels): { known: Sums; mixed: Sums } {
  const { rgb, alpha, widthPx, heightPx } = picture;
  const known = emptySums(picture);
  const mixed = { ...known, cells: new Float32Array(known.cells.length) };
  const cellOfColumn = Int32Array.from({ length: widthPx }, (_, x) => Math.floor(x / known.cellPx) * fields);
  for (let y = 0, pixel = 0; y < heightPx; y++) {
    const row = Math.floor(y / known.cellPx) * known.columns * fields;
    for (let x = 0; x < widthPx; x++, pixel++) {
      const value = alpha[pixel] as number;
      const cell = row + (cellOfColumn[x] as number);
      if (value === 0) addTo(known.cells, cell + 4, 1, rgb, pixel * 3);
      else if (value === 255) addTo(known.cells, cell, 1, rgb, pixel * 3);
      else {
        addTo(mixed.cells, cell, trust(value / 255), rgb, pixel * 3);
        addTo(mixed.cells, cell + 4, trust(1 - value / 255), rgb, pixel * 3);
      }
    }
  }
  return { known, mixed };
}

/** Counts a mixed pixel whose two colours are known by now. */
export function addMixed({ cells, columns, cellPx }: Sums, x: number, y: number, alpha: number, pixel: Weighted): void {
  const cell = (Math.floor(y / cellPx) * columns + Math.floor(x / cellPx)) * fields;
  addTo(cells, cell, trust(alpha), pixel.foreground, 0);
  addTo(cells, cell + 4, trust(1 - alpha), pixel.background, 0);
}

/** Both sums together, seen from further away. */
export function coarser(a: Sums, b: Sums): Sums {
  const columns = Math.ceil(a.columns / coarseFactor);
  const rows = Math.ceil(a.rows / coarseFactor);
  const cells = new Float32Array(columns * rows * fields);
  for (let row = 0; row < a.rows; row++) {
    for (let column = 0; column < a.columns; column++) {
      const from = (row * a.columns + column) * fields;
      const to = (Math.floor(row / coarseFactor) * columns + Math.floor(column / coarseFactor)) * fields;
      for (let field = 0; field < fields; field++)
        cells[to + field] =
          (cells[to + field] as number) + (a.cells[from + field] as number) + (b.cells[from + field] as number);
    }
  }
  return blur({ columns, rows, cellPx: a.cellPx * coarseFactor, cells }, coarseRadius);
}

const sampled = new Float32Array(fields);

/**
 * The sums around a pixel, interpolated between the centres of the four cells around it.
 *
 * @returns one array, the same each time
 */
export function sample({ cells, columns, rows, cellPx }: Sums, x: number, y: number): Float32Array {
  const column = Math.min(columns - 1, Math.max(0, (x + 0.5) / cellPx - 0.5));
  const row = Math.min(rows - 1, Math.max(0, (y + 0.5) / cellPx - 0.5));
  const left = Math.floor(column);
  const top = Math.floor(row);
  const across = left + 1 < columns ? fields : 0;
  const down = top + 1 < rows ? columns * fields : 0;
  const toRight = column - left;
  const toBottom = row - top;
  const first = (top * columns + left) * fields;
  for (let field = 0; field < fields; field++) {
    const at = first + field;
    const upper = mix(cells[at] as number, cells[at + across] as number, toRight);
    const lower = mix(cells[at + down] as number, cells[at + down + across] as number, toRight);
    sampled[field] = mix(upper, lower, toBottom);
  }
  return sampled;
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

function emptySums({ widthPx, heightPx }: Pixels): Sums {
  const cellPx = Math.max(1, Math.round(Math.max(widthPx, heightPx) / longSideCells));
  const columns = Math.ceil(widthPx / cellPx);
  const rows = Math.ceil(heightPx / cellPx);
  return { columns, rows, cellPx, cells: new Float32Array(columns * rows * fields) };
}

/** A pixel that is a third subject says little of the subject's colour: less than a third of what a whole one says. */
function trust(share: number): number {
  return share * share * share;
}

function addTo(cells: Float32Array, cell: number, weight: number, colour: ArrayLike<number>, at: number): void {
  cells[cell] = (cells[cell] as number) + weight * (colour[at] as number);
  cells[cell + 1] = (cells[cell + 1] as number) + weight * (colour[at + 1] as number);
  cells[cell + 2] = (cells[cell + 2] as number) + weight * (colour[at + 2] as number);
  cells[cell + 3] = (cells[cell + 3] as number) + weight;
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
    let sum = 0;
    for (let i = 0; i < Math.min(radius, count); i++) sum += from[base + i * stride] as number;
    for (let i = 0; i < count; i++) {
      if (i + radius < count) sum += from[base + (i + radius) * stride] as number;
      if (i - radius - 1 >= 0) sum -= from[base + (i - radius - 1) * stride] as number;
      to[base + i * stride] = sum;
    }
  }
}
