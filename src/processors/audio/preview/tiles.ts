import type { AudioBlock } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import { hann } from '#processors/shared/audio/dsp/windows.ts';
import { encodeIndexedPng } from '#processors/shared/audio/png.ts';
import { magma } from '#processors/shared/audio/spectrogram/palette.ts';
import { createSpectrogramRows, type RowScale } from '#processors/shared/audio/spectrogram/rows.ts';

/** How to put tiles together: side by side, each as wide as the first but the last. */
export interface TileScale extends RowScale {
  readonly count: number;
  /** Of one tile. */
  readonly columns: number;
  /** Column i, counted over all tiles, is centred on i + ½ times this, to half a frame. */
  readonly columnSeconds: number;
}

export interface TilePainter {
  add(block: AudioBlock): Promise<void>;
  finish(): Promise<TileScale>;
}

interface SpectrumKernel {
  multiply(a: Pointer, b: Pointer, out: Pointer, count: number): void;
  power(spectrum: Pointer, out: Pointer, bins: number): void;
  accumulate(a: Pointer, out: Pointer, count: number): void;
}

const tileColumns = 1_024;
export const mostTiles = 200;
const rows = 256;
const framesPerSize = 4;

/**
 * Draws the spectrogram of the mean power of all channels.
 *
 * @param mostSeconds that the recording may last; it decides how much time is in a column. What comes later is not drawn
 * @param write called with each picture, in order
 */
export async function createTilePainter(
  { sampleRateHz, channels, mostSeconds }: { sampleRateHz: number; channels: number; mostSeconds: number },
  write: (png: Buffer) => Promise<void>,
): Promise<TilePainter> {
  const dsp = await createDsp();
  const kernel = await dsp.kernel<SpectrumKernel>(new URL('../../shared/audio/dsp/spectrum.wasm', import.meta.url));
  // A tenth of a second, in which there are still semitones from 200 Hz on.
  const size = Math.max(64, 2 ** Math.round(Math.log2(sampleRateHz / 11)));
  const [hop, bins] = [size / framesPerSize, size / 2];
  const framesPerColumn = Math.max(1, Math.ceil((mostSeconds * sampleRateHz) / hop / (mostTiles * tileColumns)));
  const fft = dsp.fft(size);
  const scaled = await createSpectrogramRows(dsp, rows, bins, sampleRateHz);
  const window = dsp.allocate(size);
  const values = hann(size);
  dsp.floats(window, size).set(values);
  const windowSum = values.reduce((sum, value) => sum + value, 0);
  const held = Array.from({ length: channels }, () => dsp.allocate(size));
  const [spectrum, power, latest] = [dsp.allocate(size), dsp.allocate(bins), dsp.allocate(rows)];
  const [sum, tile] = [dsp.allocate(bins + 4), dsp.allocate(tileColumns * rows)];
  const palette = magma();
  // The first frame is centred on the first sample: what lies before it is silence.
  let filled = size / 2;
  let frames = 0;
  let columns = 0;
  let count = 0;
  const painted: Buffer[] = [];

  function frame(): void {
    dsp.floats(sum, bins).fill(0);
    for (const samples of held) {
      kernel.multiply(samples, window, spectrum, size);
      fft.forward(spectrum, spectrum);
      kernel.power(spectrum, power, bins);
      kernel.accumulate(power, sum, bins);
      dsp.floats(samples, size).copyWithin(0, hop);
    }
    filled = size - hop;
    if (count === mostTiles) return;
    scaled.column(sum, latest);
    kernel.accumulate(latest, tile + columns * rows * 4, rows);
    frames++;
    if (frames === framesPerColumn) closeColumn();
  }

  function closeColumn(): void {
    frames = 0;
    columns++;
    if (columns === tileColumns) closeTile();
  }

  function closeTile(): void {
    // Columns are sums of frames.
    const fullScale = framesPerColumn * channels * (windowSum / 2) ** 2;
    painted.push(encodeIndexedPng(columns, rows, scaled.levels(tile, columns, fullScale), palette));
    dsp.floats(tile, tileColumns * rows).fill(0);
    columns = 0;
    count++;
  }

  function take(length: number, copy: (channel: number, to: Float32Array, from: number) => void): void {
    for (let done = 0; done < length; ) {
      const step = Math.min(size - filled, length - done);
      for (const [channel, samples] of held.entries()) copy(channel, dsp.floats(samples + filled * 4, step), done);
      filled += step;
      done += step;
      if (filled === size) frame();
    }
  }

  async function writeAll(): Promise<void> {
    for (const png of painted.splice(0)) await write(png);
  }

  return {
    async add(block) {
      take(block.frames, (channel, to, from) => {
        to.set(block.channels[channel]?.subarray(from, from + to.length) ?? []);
      });
      await writeAll();
    },
    async finish() {
      take(size / 2, (_, to) => to.fill(0));
      if (frames > 0) closeColumn();
      if (columns > 0) closeTile();
      await writeAll();
      const columnSeconds = (framesPerColumn * hop) / sampleRateHz;
      return { count, columns: tileColumns, columnSeconds, ...scaled.scale };
    },
  };
}
