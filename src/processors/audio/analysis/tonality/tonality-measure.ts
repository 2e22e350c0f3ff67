import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { Measure, MeasureSetup } from '#processors/shared/audio/measure.ts';
import type { Tonality } from '../analysis.ts';
import { createMonoFrames } from '../mono/mono-frames.ts';
import { rankKeys } from './keys.ts';
import { createPitchClasses } from './pitch-classes.ts';
import { createSpectralPeaks, findPeaks, halfOctave } from './spectral-peaks.ts';

interface MagnitudeKernel {
  magnitudes(spectrum: Pointer, out: Pointer, bins: number): void;
}

/** Bins of 5.4 Hz, as near as the sample rate lets it be: semitones are told apart from 100 Hz. */
const wantedResolutionHz = 44_100 / 8192;
const lowestHz = 25;
/** Above it are harmonics of tones that have been heard, and what drums leave. */
const highestHz = 1500;
/** Peaks that stand out as noise never does… */
const pitchedProminence = 6;
/** …are in this part of the frames that are not silent, or nothing has a pitch. */
const leastPitched = 0.05;
/** How quickly the opening is over. */
const openingSeconds = 0.8;
/** Between no agreement on where A is, 0, and a tuning fork, 1. */
const leastAgreement = 0.1;
const silence = { key: null, confidence: 0, runnerUp: null, detuningCents: null, chroma: Array<number>(12).fill(0) };

/**
 * Key, detuning and pitch classes of the mean of all channels, from the spectral peaks of frames of 0.19 s. Memory does not
 * grow.
 */
export async function createTonalityMeasure(setup: MeasureSetup): Promise<Measure<Tonality>> {
  const { dsp, format } = setup;
  const { magnitudes } = await dsp.kernel<MagnitudeKernel>(new URL('./magnitudes.wasm', import.meta.url));
  const size = Math.max(32, 2 ** Math.round(Math.log2(format.sampleRateHz / wantedResolutionHz)));
  const hzPerBin = format.sampleRateHz / size;
  const bins = Math.min(size / 2, 4 * Math.ceil((highestHz * halfOctave) / hzPerBin / 4 + 1));
  const end = Math.min(bins - 1, Math.ceil(highestHz / hzPerBin));
  const first = Math.max(1, Math.floor(lowestHz / hzPerBin));
  const spectrumMagnitudes = dsp.allocate(bins);
  const sums = new Float64Array(bins + 1);
  const peaks = createSpectralPeaks();
  const [whole, opening] = [createPitchClasses(), createPitchClasses()];
  const tuning = createTuning();
  const fading = Math.exp(-size / format.sampleRateHz / openingSeconds);
  let openingWeight = 1;
  const frameCounts = { sounding: 0, pitched: 0 };

  const frames = await createMonoFrames(setup, { size, hop: size }, (spectrum) => {
    magnitudes(spectrum, spectrumMagnitudes, bins);
    const level = findPeaks(dsp.floats(spectrumMagnitudes, bins), first, end, sums, peaks);
    if (level > 0) frameCounts.sounding += 1;
    if (peaks.count === 0) return;
    if (peaks.prominence.subarray(0, peaks.count).some((value) => value >= pitchedProminence)) frameCounts.pitched += 1;
    whole.add(peaks, hzPerBin, 1);
    tuning.add(peaks, hzPerBin);
    if (openingWeight > 1e-3) {
      opening.add(peaks, hzPerBin, openingWeight);
      openingWeight *= fading;
    }
  });

  return {
    add: frames.add,
    result() {
      frames.end();
      if (frameCounts.pitched < Math.max(1, leastPitched * frameCounts.sounding)) return silence;
      const { cents, agreement } = tuning.result();
      const chroma = whole.chroma(cents);
      const [best, second] = rankKeys(chroma, opening.chroma(cents));
      return {
        key: best?.key ?? null,
        confidence: best?.confidence ?? 0,
        runnerUp: second ?? null,
        detuningCents: agreement < leastAgreement ? null : cents,
        chroma,
      };
    },
  };
}

/** Where tones stand between semitones: the mean angle around a circle of one semitone. */
function createTuning() {
  let [x, y, total] = [0, 0, 0];
  return {
    add({ count, bins, prominence }: ReturnType<typeof createSpectralPeaks>, hzPerBin: number): void {
      for (let i = 0; i < count; i += 1) {
        const angle = 2 * Math.PI * 12 * Math.log2(((bins[i] as number) * hzPerBin) / 440);
        const weight = prominence[i] as number;
        x += weight * Math.cos(angle);
        y += weight * Math.sin(angle);
        total += weight;
      }
    },
    result: () => ({
      cents: (Math.atan2(y, x) * 100) / (2 * Math.PI),
      agreement: total > 0 ? Math.hypot(x, y) / total : 0,
    }),
  };
}
