import type { AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { type Measure, type MeasureSetup, seriesStepSeconds } from '#processors/shared/audio/measure.ts';
import type { Spectrum, Stereo } from '../analysis.ts';
import { correlationOf } from '../stereo/products.ts';
import { createStepProducts } from '../stereo/step-products.ts';
import { describeStereo } from '../stereo/stereo.ts';
import { createBandSum, thirdOctaveCurve, thirdOctaves } from './bands.ts';
import { audiblePower, createFrameSeries } from './frame-series.ts';
import { createFrameTotals } from './frame-totals.ts';
import { createFrames, frameSize } from './frames.ts';
import { createHighest } from './highest.ts';
import { spectralShape, tiltDbPerOctave } from './shape.ts';
import { createSpectrogramCanvas, type Spectrogram } from './spectrogram.ts';
import { frameScale, loadStftKernel } from './stft-kernel.ts';

export interface SpectrumResult {
  /** Mean power of the channels that are looked at: a full-scale sine on all of them reads −3.01 dBFS, its RMS level. */
  readonly spectrum: Spectrum;
  /** null for a recording of one channel. */
  readonly stereo: Stereo | null;
  readonly spectrogram: Spectrogram;
  /** One value for each step of `seriesStepSeconds`, the last of which may be shorter. */
  readonly series: {
    /** NaN where a channel is silent or there is but one. */
    readonly correlation: Float32Array;
    /** Weighted by magnitude; NaN below −80 dBFS. */
    readonly centroidHz: Float32Array;
    /** Level of `sixBands`; −Infinity for silence. */
    readonly bandsDb: readonly Float32Array[];
  };
}

/**
 * Spectrum, stereo image and spectrogram by one short-time Fourier transform of each channel. Of more than two channels,
 * left and right are looked at, or the first two where none is called so.
 */
export async function createSpectrumMeasure({ dsp, format }: MeasureSetup): Promise<Measure<SpectrumResult>> {
  const channels = channelsOf(format);
  const { sampleRateHz } = format;
  const scale = frameScale(frameSize(sampleRateHz), sampleRateHz, channels.length);
  const kernel = await loadStftKernel(dsp);
  const totals = await createFrameTotals(dsp, kernel, scale.bins);
  const canvas = await createSpectrogramCanvas(dsp, scale.bins, sampleRateHz);
  const steps = await createStepProducts(dsp, sampleRateHz);
  const series = createFrameSeries(dsp, kernel, scale);
  const highest = createHighest(dsp, kernel, scale);
  // Sums over a band read a little past its end.
  const power = dsp.allocate(scale.bins + 4);
  const frames = createFrames(dsp, kernel, channels.length, scale.size, (spectra) => {
    totals.add(spectra, power);
    if (series.add(power) > audiblePower) highest.add(power);
    canvas.add(power);
  });

  return {
    add(block) {
      const pointers = channels.map((channel) => block.pointers[channel] ?? 0);
      const [left = 0, right = left] = pointers;
      steps.add(left, right, block.frames);
      frames.add(pointers, block.frames);
    },
    result() {
      const inTime = steps.result();
      if (inTime.frames > 0) frames.end();
      const { left, right, cross } = totals.result();
      // Over the whole, the squares of the window have given each sample the weight 1.
      const perSample = 2 / scale.size / Math.max(1, inTime.frames);
      const mean = left.map((value, bin) => ((value + (right[bin] ?? 0)) / 2) * perSample);
      const nyquistHz = sampleRateHz / 2;
      const sumOf = (bins: Float64Array) =>
        createBandSum(
          bins.map((value) => value * perSample),
          scale.binHz,
        );
      const isMono = channels.length === 1;
      return {
        spectrum: describeSpectrum(mean, highest.result()),
        stereo: isMono
          ? null
          : describeStereo(
              inTime.whole,
              inTime.steps,
              seriesStepSeconds,
              { left: sumOf(left), right: sumOf(right), cross: sumOf(cross) },
              nyquistHz,
            ),
        spectrogram: canvas.finish(channels.length * (frames.windowSum / 2) ** 2, scale.hop / sampleRateHz),
        series: {
          correlation: Float32Array.from(inTime.steps, (step) =>
            isMono ? Number.NaN : (correlationOf(step) ?? Number.NaN),
          ),
          ...series.result(inTime.steps.length),
        },
      };
    },
  };

  function describeSpectrum(mean: Float64Array, highestHz: number | null): Spectrum {
    const sum = createBandSum(mean, scale.binHz);
    const curve = thirdOctaveCurve(sum, sampleRateHz / 2);
    return {
      thirdOctaveDb: thirdOctaves(sum, sampleRateHz / 2),
      curve,
      ...spectralShape(mean, scale.binHz, scale.audible),
      tiltDbPerOctave: tiltDbPerOctave(curve),
      highestHz,
    };
  }
}

function channelsOf({ layout }: AudioFormat): number[] {
  if (layout.length < 2) return [0];
  const [left, right] = [layout.indexOf('left'), layout.indexOf('right')];
  return left < 0 || right < 0 ? [0, 1] : [left, right];
}
