import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { MeasureSetup } from '#processors/shared/audio/measure.ts';
import type { Loudness } from '../analysis.ts';
import { decibels } from '../decibels.ts';
import { type Hop, hopsPerStep } from '../hops.ts';
import { createPlaceList } from '../place-list.ts';
import { truePeakFilter, truePeakTaps } from './true-peak-filter.ts';

interface TruePeakKernel {
  truePeak(
    x: Pointer,
    count: number,
    filter: Pointer,
    phases: number,
    slacks: Pointer,
    rough: Pointer,
    floor: number,
  ): number;
  samplePeak(x: Pointer, count: number): number;
}

/** Frames that have to be readable on both sides of a hop. */
export const truePeakReach = 64;
/** A tone at 0.45 of the sample rate is found within 0.03 dB wherever its samples fall. */
const phases = 16;
const mostPlaces = 100;
/** What is above counts as a place: −1 dBTP, as the kernel's numbers have it. */
const placeLevel = Math.fround(10 ** (-1 / 20));

export interface TruePeaks {
  /** Magnitudes. */
  readonly samplePeak: number;
  readonly channels: readonly number[];
  /** The highest of each step, over all channels. */
  readonly steps: readonly number[];
  readonly places: Loudness['peaks'];
}

/**
 * True peak by interpolation to 16 times the sample rate with 64 taps for each phase. Exact for each channel, for each
 * step, and for each hop above −1 dBTP: only what cannot be any of these is left out.
 *
 * @see ITU-R BS.1770-5, annex 2
 */
export async function createTruePeakMeter({ dsp, format }: MeasureSetup) {
  const kernel = await dsp.kernel<TruePeakKernel>(new URL('./true-peak.wasm', import.meta.url));
  const { rows, slacks, rough, roughError } = truePeakFilter(phases);
  const filter = dsp.allocate(rows.length * truePeakTaps);
  rows.forEach((row, index) => {
    dsp.floats(filter + index * truePeakTaps * 4, truePeakTaps).set(row);
  });
  const slackList = dsp.allocate(slacks.length);
  dsp.floats(slackList, slacks.length).set(slacks);
  const roughFilter = dsp.allocate(rough.length + 1);
  dsp.floats(roughFilter, rough.length + 1).set([...rough, roughError]);
  const seconds = (frame: number) => frame / format.sampleRateHz;
  const channels = format.layout.map(() => ({ peak: 0, placeStart: -1, placePeak: 0 }));
  const steps: number[] = [];
  const places = createPlaceList<Loudness['peaks'][number]>(mostPlaces, ({ dbtp }) => dbtp);
  let samplePeak = 0;
  let endFrame = 0;

  function closePlace(channel: number, frame: number): void {
    const state = channels[channel];
    if (state === undefined || state.placeStart < 0) return;
    const [startSeconds, endSeconds] = [seconds(state.placeStart), seconds(frame)];
    places.add({ startSeconds, endSeconds, channel, dbtp: decibels(state.placePeak) });
    state.placeStart = -1;
    state.placePeak = 0;
  }

  return {
    add({ index, startFrame, frames, pointers }: Hop): void {
      const step = Math.floor(index / hopsPerStep);
      let stepPeak = steps[step] ?? 0;
      for (const [channel, state] of channels.entries()) {
        const pointer = pointers[channel] ?? 0;
        const highestSample = kernel.samplePeak(pointer, frames);
        samplePeak = Math.max(samplePeak, highestSample);
        // In a hop that is above anyway, only what raises its place matters to places.
        const ofPlaces = highestSample > placeLevel ? state.placePeak : placeLevel;
        const floor = Math.max(highestSample, Math.min(stepPeak, state.peak, ofPlaces));
        const peak = kernel.truePeak(pointer, frames, filter, phases, slackList, roughFilter, floor);
        stepPeak = Math.max(stepPeak, peak);
        state.peak = Math.max(state.peak, peak);
        if (peak > placeLevel) {
          if (state.placeStart < 0) state.placeStart = startFrame;
          state.placePeak = Math.max(state.placePeak, peak);
        } else closePlace(channel, startFrame);
      }
      steps[step] = stepPeak;
      endFrame = startFrame + frames;
    },
    result(): TruePeaks {
      for (const channel of channels.keys()) closePlace(channel, endFrame);
      return { samplePeak, channels: channels.map(({ peak }) => peak), steps, places: places.inOrder() };
    },
  };
}
