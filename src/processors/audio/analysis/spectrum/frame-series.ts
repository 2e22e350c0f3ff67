import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import { seriesStepSeconds } from '#processors/shared/audio/measure.ts';
import { sixBands } from './bands.ts';
import type { FrameScale, StftKernel } from './stft-kernel.ts';

/** −80 dBFS: below it, a centroid tells of dither. */
export const audiblePower = 1e-8;

/** What changes from frame to frame, told step by step: each step gets the frame whose middle is nearest to its own. */
export interface FrameSeries {
  /** @returns mean square of the frame between 20 Hz and 20 kHz */
  add(power: Pointer): number;
  result(steps: number): { readonly centroidHz: Float32Array; readonly bandsDb: readonly Float32Array[] };
}

export function createFrameSeries(dsp: Dsp, kernel: StftKernel, scale: FrameScale): FrameSeries {
  const edges = dsp.allocate(sixBands.length + 1);
  const sums = dsp.allocate(2 * sixBands.length);
  const hz = [...sixBands.map(({ fromHz }) => fromHz), sixBands.at(-1)?.toHz ?? 0];
  dsp.floats(edges, hz.length).set(hz.map((edge) => Math.min(edge / scale.binHz, scale.bins)));
  const moments = dsp.allocate(4);
  const centroids: number[] = [];
  const bands: number[][] = sixBands.map(() => []);
  let frame = 0;

  const middleOf = (step: number) => (step + 0.5) * seriesStepSeconds * scale.sampleRateHz;

  return {
    add(power) {
      kernel.bands(power, edges, sums, sixBands.length);
      const levels = Array.from(dsp.doubles(sums, sixBands.length), (sum) => sum * scale.meanSquare);
      const total = levels.reduce((sum, level) => sum + level, 0);
      for (; middleOf(centroids.length) < (frame + 0.5) * scale.hop; ) {
        kernel.magnitudes(power, ...scale.audible, moments);
        const [sum = 0, moment = 0] = dsp.doubles(moments, 2);
        centroids.push(total > audiblePower ? (moment / sum) * scale.binHz : Number.NaN);
        for (const [band, level] of levels.entries()) bands[band]?.push(10 * Math.log10(level));
      }
      frame++;
      return total;
    },
    result: (steps) => ({
      centroidHz: Float32Array.from(centroids.slice(0, steps)),
      bandsDb: bands.map((levels) => Float32Array.from(levels.slice(0, steps))),
    }),
  };
}
