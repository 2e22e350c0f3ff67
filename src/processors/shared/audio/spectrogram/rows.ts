import type { Dsp } from '../dsp/dsp.ts';
import type { Pointer } from '../dsp/fft.ts';

interface RowsKernel {
  rows(power: Pointer, table: Pointer, out: Pointer, rows: number): void;
  halve(columns: Pointer, rows: number, pairs: number): void;
  levels(columns: Pointer, out: Pointer, count: number, rows: number, offset: number, scale: number): void;
}

const floorDb = -110;
const ceilingDb = 0;
const lowestHz = 20;
const highestHz = 20_000;

/** What rows and colours of a spectrogram mean. */
export interface RowScale {
  /** Bands between the two frequencies, of the same ratio each; in a picture the highest is on top. */
  readonly rows: number;
  readonly fromHz: number;
  readonly toHz: number;
  /** The darkest colour stands for this level and less; a full-scale sine has 0 dB. */
  readonly floorDb: number;
  /** The lightest, for this and more. */
  readonly ceilingDb: number;
}

/** Turns power spectra into columns of a spectrogram, and columns into bytes. */
export interface SpectrogramRows {
  readonly scale: RowScale;
  /** One column: `rows` floats at `out` from the bins at `power`, with a zero after the last of them. */
  column(power: Pointer, out: Pointer): void;
  /** Puts columns together in pairs, by the mean of their power; from `2 · pairs` to `pairs`. */
  halve(columns: Pointer, pairs: number): void;
  /**
   * @param fullScale power of a bin that counts as 0 dB
   * @returns `rows` lines of `count` bytes, the highest frequency on top: 0 is `floorDb` and less, 255 `ceilingDb` and more
   */
  levels(columns: Pointer, count: number, fullScale: number): Uint8Array;
}

/**
 * @param rows a multiple of 4
 * @param bins of the power spectra, half the size of their transform
 */
export async function createSpectrogramRows(
  dsp: Dsp,
  rows: number,
  bins: number,
  sampleRateHz: number,
): Promise<SpectrogramRows> {
  const kernel = await dsp.kernel<RowsKernel>(new URL('./rows.wasm', import.meta.url));
  const scale = { rows, fromHz: lowestHz, toHz: Math.min(highestHz, sampleRateHz / 2), floorDb, ceilingDb };
  const table = dsp.allocate(rows * 3);
  writeTable(dsp, table, scale, bins, sampleRateHz / 2 / bins);
  return {
    scale,
    column: (power, out) => kernel.rows(power, table, out, rows),
    halve: (columns, pairs) => kernel.halve(columns, rows, pairs),
    levels(columns, count, fullScale) {
      const bytes = dsp.allocate(Math.ceil((rows * count) / 4));
      const decibels = 255 / (ceilingDb - floorDb);
      const perOctave = 10 * Math.log10(2) * decibels;
      kernel.levels(columns, bytes, count, rows, -floorDb * decibels - perOctave * Math.log2(fullScale), perOctave);
      const picture = new Uint8Array(dsp.floats(bytes, 0).buffer, bytes, rows * count).slice();
      dsp.free(bytes);
      return picture;
    },
  };
}

/** For each row: the bins whose centres lie in it, or the place of its own centre between two bins. */
function writeTable(dsp: Dsp, table: Pointer, { rows, fromHz, toHz }: RowScale, bins: number, binHz: number): void {
  const floats = dsp.floats(table, rows * 3);
  const integers = new Int32Array(floats.buffer, table, rows * 3);
  const binAt = (row: number) => (fromHz * (toHz / fromHz) ** (row / rows)) / binHz;
  for (let row = 0; row < rows; row++) {
    const first = Math.ceil(binAt(row));
    const count = Math.min(bins, Math.ceil(binAt(row + 1))) - first;
    const centre = Math.min(bins - 1, binAt(row + 0.5));
    // Bins further apart than rows would make every other row a copy: better a slope between them.
    const between = binAt(row + 1) - binAt(row) < 2 || count < 1;
    integers[row * 3] = between ? Math.floor(centre) : first;
    integers[row * 3 + 1] = between ? 0 : count;
    floats[row * 3 + 2] = between ? centre - Math.floor(centre) : 0;
  }
}
