import { AppError } from '#kernel/errors.ts';
import type { AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { seriesStepSeconds } from '#processors/shared/audio/measure.ts';
import type { Measured, Series } from './analysis.ts';
import { highest, mean, meanPower, reduceSeries } from './reduce-series.ts';
import { roundNumbers } from './round-numbers.ts';
import type { SampleResults } from './sample-measures.ts';
import type { ToneResults } from './tone-measures.ts';

export interface MeasuredRecording {
  readonly measured: Measured;
  readonly spectrogram: ToneResults['spectrogram'];
}

/** Points of a series: more than a screen has columns. */
const maxPoints = 1_200;

/** @throws AppError MEDIA_INVALID when there is no frame */
export function putTogether(
  format: AudioFormat,
  frames: number,
  samples: SampleResults,
  tones: ToneResults,
): MeasuredRecording {
  if (frames === 0) throw new AppError('MEDIA_INVALID', 'There is no sound in the file: not a single sample.');
  const { loudness, dynamics, silence, waveform, tonality } = samples;
  const { spectrum, stereo, rhythm, spectrogram } = tones;
  const measured: Measured = {
    durationSeconds: frames / format.sampleRateHz,
    sampleRateHz: format.sampleRateHz,
    channels: format.layout.length,
    source: {
      container: format.container,
      codec: format.codec,
      bitsPerSample: format.bitsPerSample ?? null,
      layout: format.layout,
    },
    loudness,
    dynamics,
    stereo,
    spectrum,
    rhythm,
    tonality,
    silence,
    series: seriesOf(samples.series, tones.series),
    waveform,
  };
  return { measured: roundNumbers(measured), spectrogram };
}

function seriesOf(samples: SampleResults['series'], tones: ToneResults['series']): Series {
  const factor = Math.max(1, Math.ceil(samples.momentaryLufs.length / maxPoints));
  const reduce = (series: Float32Array, how: (values: Float32Array) => number) => reduceSeries(series, factor, how);
  return {
    stepSeconds: seriesStepSeconds * factor,
    momentaryLufs: reduce(samples.momentaryLufs, highest),
    shortTermLufs: reduce(samples.shortTermLufs, highest),
    truePeakDbtp: reduce(samples.truePeakDbtp, highest),
    correlation: reduce(tones.correlation, mean),
    centroidHz: reduce(tones.centroidHz, mean),
    bandsDb: tones.bandsDb.map((band) => reduce(band, meanPower)),
  };
}
