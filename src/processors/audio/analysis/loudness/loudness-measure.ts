import type { Measure, MeasureSetup } from '#processors/shared/audio/measure.ts';
import type { Loudness } from '../analysis.ts';
import { decibels, finite } from '../decibels.ts';
import { createHops, hopsPerStep } from '../hops.ts';
import { integratedLoudness, loudnessOf, loudnessRange } from './gating.ts';
import { createKWeighting } from './k-weighting.ts';
import { createSlidingPower, type SlidingPower } from './sliding-power.ts';
import { createTruePeakMeter, truePeakReach } from './true-peak.ts';

/** One value for each step, the highest in it; −Infinity for silence and before a window has passed. */
export interface LoudnessSeries {
  /** Windows of 400 ms that end in the step. */
  readonly momentaryLufs: Float32Array;
  /** Windows of 3 s that end in the step. */
  readonly shortTermLufs: Float32Array;
  readonly truePeakDbtp: Float32Array;
}

export interface LoudnessResult {
  readonly loudness: Loudness;
  readonly series: LoudnessSeries;
}

/** Before that, loudness range says little: EBU Tech 3341. */
const stableAfterSeconds = 60;

/**
 * Loudness by ITU-R BS.1770-5 and EBU Tech 3341, loudness range by Tech 3342, true peak. Windows move by 10 ms; a
 * recording that is shorter than one has `null` for what needs it (integrated and momentary 0.4 s, short-term and range
 * 3 s). The range is that of complete windows, as ffmpeg and libebur128 have it: the silence that Tech 3342 lets one append
 * gives a steady tone of ten seconds a range.
 *
 * @param setup sample rate 4,000 … 384,000 Hz; the levels of the layout's channels are weighted by their roles
 */
export async function createLoudnessMeasure(setup: MeasureSetup): Promise<Measure<LoudnessResult>> {
  const weighted = await createKWeighting(setup);
  const truePeak = await createTruePeakMeter(setup);
  const slide = createSlidingPower(setup.format.sampleRateHz);
  /** Mean squares of gating blocks and of windows for the range, one each 0.1 s. */
  const blocks: number[] = [];
  const windows: number[] = [];
  /** The highest mean square of each step. */
  const momentary: number[] = [];
  const shortTerm: number[] = [];
  let frames = 0;

  const hops = createHops(setup, { before: truePeakReach, after: truePeakReach }, (hop) => {
    truePeak.add(hop);
    frames += hop.frames;
    const step = Math.floor(hop.index / hopsPerStep);
    const power: SlidingPower = hop.isPartial ? {} : slide(weighted(hop));
    momentary[step] = Math.max(momentary[step] ?? 0, power.momentary ?? 0);
    shortTerm[step] = Math.max(shortTerm[step] ?? 0, power.shortTerm ?? 0);
    if ((hop.index + 1) % hopsPerStep !== 0) return;
    if (power.momentary !== undefined) blocks.push(power.momentary);
    if (power.shortTerm !== undefined) windows.push(power.shortTerm);
  });

  return {
    add: hops.add,
    result() {
      hops.end();
      const peaks = truePeak.result();
      const truePeakDbtp = decibels(Math.max(0, ...peaks.channels));
      const integratedLufs = integratedLoudness(blocks);
      return {
        loudness: {
          integratedLufs: finite(integratedLufs),
          maxShortTermLufs: finite(loudnessOf(highest(shortTerm))),
          maxMomentaryLufs: finite(loudnessOf(highest(momentary))),
          rangeLu: finite(loudnessRange(windows)),
          rangeStable: frames >= stableAfterSeconds * setup.format.sampleRateHz,
          truePeakDbtp: finite(truePeakDbtp),
          samplePeakDbfs: finite(decibels(peaks.samplePeak)),
          plrDb: finite(truePeakDbtp - integratedLufs),
          channelTruePeaksDbtp: peaks.channels.map((peak) => finite(decibels(peak))),
          peaks: peaks.places,
        },
        series: {
          momentaryLufs: Float32Array.from(momentary, loudnessOf),
          shortTermLufs: Float32Array.from(shortTerm, loudnessOf),
          truePeakDbtp: Float32Array.from(peaks.steps, decibels),
        },
      };
    },
  };
}

function highest(powers: readonly number[]): number {
  return powers.reduce((most, power) => Math.max(most, power), 0);
}
