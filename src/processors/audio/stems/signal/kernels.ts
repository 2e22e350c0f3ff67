import type { Dsp } from '../../../shared/audio/dsp/dsp.ts';
import type { Pointer } from '../../../shared/audio/dsp/fft.ts';
import { type FrameShape, rowMargin } from './frame-shape.ts';

interface Masks {
  median(rows: Pointer, count: number, bins: number, scratch: Pointer, out: Pointer): void;
  similarities(feature: Pointer, base: Pointer, dimensions: number, count: number, out: Pointer): void;
  smooth(rows: Pointer, count: number, bins: number, scale: number, out: Pointer): void;
  judge(
    power: Pointer,
    repeated: Pointer,
    steady: Pointer,
    broad: Pointer,
    middle: Pointer,
    side: Pointer,
    shape: Pointer,
    bins: number,
    voice: Pointer,
    drums: Pointer,
    bass: Pointer,
  ): void;
  yieldTo(voice: Pointer, row: Pointer, bins: number): void;
  masked(spectrum: Pointer, mask: Pointer, bins: number, out: Pointer): void;
  multiplyAdd(a: Pointer, b: Pointer, scale: number, out: Pointer, count: number): void;
}

interface Spectra {
  power(spectrum: Pointer, out: Pointer, bins: number): void;
  accumulate(a: Pointer, out: Pointer, count: number): void;
}

const maxRows = 64;

/** The kernels, and lists of rows as they take them. */
export class SpectrumKernels {
  readonly masks: Masks;
  readonly spectra: Spectra;
  readonly #dsp: Dsp;
  readonly #rows: Pointer;
  readonly #scratch: Pointer;

  private constructor(dsp: Dsp, masks: Masks, spectra: Spectra) {
    this.#dsp = dsp;
    this.masks = masks;
    this.spectra = spectra;
    this.#rows = dsp.allocate(maxRows);
    this.#scratch = dsp.allocate(4 * maxRows);
  }

  static async open(dsp: Dsp): Promise<SpectrumKernels> {
    const masks = await dsp.kernel<Masks>(new URL('./masks.wasm', import.meta.url));
    const shared = new URL('../../../shared/audio/dsp/spectrum.wasm', import.meta.url);
    return new SpectrumKernels(dsp, masks, await dsp.kernel<Spectra>(shared));
  }

  /** @param rows pointers of up to 64 rows */
  median(rows: readonly Pointer[], bins: number, out: Pointer): void {
    this.#list(rows);
    this.masks.median(this.#rows, rows.length, bins, this.#scratch, out);
  }

  smooth(rows: readonly Pointer[], bins: number, scale: number, out: Pointer): void {
    this.#list(rows);
    this.masks.smooth(this.#rows, rows.length, bins, scale, out);
  }

  #list(rows: readonly Pointer[]): void {
    const list = this.#dsp.floats(this.#rows, maxRows);
    new Uint32Array(list.buffer, list.byteOffset, maxRows).set(rows);
  }
}

/** Rows of bins that follow each other round and round, with room at both sides. */
export class RowRing {
  readonly #base: Pointer;
  readonly #rows: number;
  readonly #rowBytes: number;

  constructor(dsp: Dsp, { rowStride }: FrameShape, rows: number) {
    this.#rows = rows;
    this.#rowBytes = rowStride * 4;
    this.#base = dsp.allocate(rowStride * rows) + rowMargin * 4;
  }

  at(index: number): Pointer {
    return this.#base + (index % this.#rows) * this.#rowBytes;
  }
}
