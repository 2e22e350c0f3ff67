import type { Rhythm, Tonality } from '#processors/audio/analysis/analysis.ts';
import { createRhythmMeasure } from '#processors/audio/analysis/rhythm/rhythm-measure.ts';
import { createTonalityMeasure } from '#processors/audio/analysis/tonality/tonality-measure.ts';
import { type AudioFormat, maxBlockFrames } from '#processors/shared/audio/audio-stream.ts';
import { createDsp, type Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Measure } from '#processors/shared/audio/measure.ts';

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
  feedMeasure(dsp, [rhythm, tonality], channels, blockFrames);
  return { rhythm: rhythm.result(), tonality: tonality.result() };
}

/** @param blockFrames how many frames come next */
export function feedMeasure(
  dsp: Dsp,
  measures: readonly Pick<Measure<unknown>, 'add'>[],
  channels: readonly Float32Array[],
  blockFrames: () => number = () => maxBlockFrames,
): void {
  const pointers = channels.map(() => dsp.allocate(maxBlockFrames));
  const length = channels[0]?.length ?? 0;
  for (let startFrame = 0; startFrame < length; ) {
    const frames = Math.min(blockFrames(), length - startFrame);
    const block = pointers.map((pointer) => dsp.floats(pointer, frames));
    block.forEach((to, channel) => {
      to.set(channels[channel]?.subarray(startFrame, startFrame + frames) ?? []);
    });
    for (const measure of measures) measure.add({ channels: block, pointers, frames, startFrame });
    startFrame += frames;
  }
}
