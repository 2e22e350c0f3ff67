import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import { encodeIndexedPng } from '#processors/shared/audio/png.ts';
import { magma } from '#processors/shared/audio/spectrogram/palette.ts';
import { createSpectrogramRows, type RowScale } from '#processors/shared/audio/spectrogram/rows.ts';

/** A picture of a whole recording. */
export interface Spectrogram extends RowScale {
  /** 256 colours. */
  readonly png: Buffer;
  readonly columns: number;
  /** The middle of the first column is at half of this, to half a frame. */
  readonly columnSeconds: number;
}

interface SpectrogramCanvas {
  /** @param power of the bins of one frame, with a zero after the last */
  add(power: Pointer): void;
  /**
   * @param fullScale power of a bin that counts as 0 dB
   * @param hopSeconds from one frame to the next
   */
  finish(fullScale: number, hopSeconds: number): Spectrogram;
}

const maxColumns = 1_600;
const rows = 256;

/** Columns become twice as long whenever there are too many, so that a recording of any length fits. */
export async function createSpectrogramCanvas(
  dsp: Dsp,
  bins: number,
  sampleRateHz: number,
): Promise<SpectrogramCanvas> {
  const kernel = await dsp.kernel<{ accumulate(a: Pointer, out: Pointer, count: number): void }>(
    new URL('../../../shared/audio/dsp/spectrum.wasm', import.meta.url),
  );
  const scaled = await createSpectrogramRows(dsp, rows, bins, sampleRateHz);
  const columns = dsp.allocate(maxColumns * rows);
  const [latest, column] = [dsp.allocate(rows), dsp.allocate(rows)];
  let framesPerColumn = 1;
  let complete = 0;
  let frames = 0;

  function close(): void {
    const floats = dsp.floats(column, rows);
    const out = dsp.floats(columns + complete * rows * 4, rows);
    for (let row = 0; row < rows; row++) out[row] = (floats[row] ?? 0) / frames;
    floats.fill(0);
    frames = 0;
    complete++;
  }

  return {
    add(power) {
      if (complete === maxColumns) {
        scaled.halve(columns, maxColumns / 2);
        complete = maxColumns / 2;
        framesPerColumn *= 2;
      }
      scaled.column(power, latest);
      kernel.accumulate(latest, column, rows);
      frames++;
      if (frames === framesPerColumn) close();
    },
    finish(fullScale, hopSeconds) {
      if (frames > 0) close();
      const width = Math.max(1, complete);
      const indices = scaled.levels(columns, width, fullScale);
      dsp.free(columns);
      return {
        png: encodeIndexedPng(width, rows, indices, magma()),
        columns: width,
        columnSeconds: framesPerColumn * hopSeconds,
        ...scaled.scale,
      };
    },
  };
}
