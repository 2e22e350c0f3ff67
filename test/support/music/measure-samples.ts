import type { Rhythm, Tonality } from '#processors/audio/analysis/analysis.ts';
import { createRhythmMeasure } from '#processors/audio/analysis/rhythm/rhythm-measure.ts';
import { createTonalityMeasure } from '#processors/audio/analysis/tonality/tonality-measure.ts';
import type { AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import { feedSamples } from '../audio/measure-samples.ts';

/** Both measures of music over planar samples, fed as a reader would. */
export async function measureMusic(
  channels: readonly Float32Array[],
  sampleRateHz: number,
  blockFrames?: () => number,
): Promise<{ readonly rhythm: Rhythm; readonly tonality: Tonality }> {
  const dsp = await createDsp();
  const layout: AudioFormat['layout'] = channels.length === 1 ? ['mono'] : ['left', 'right'];
  const format = { container: 'wav', codec: 'PCM float', sampleRateHz, layout };
  const rhythm = await createRhythmMeasure({ dsp, format });
  const tonality = await createTonalityMeasure({ dsp, format });
  feedSamples({ dsp, format }, [rhythm, tonality], channels, blockFrames);
  return { rhythm: rhythm.result(), tonality: tonality.result() };
}
