import type { Rhythm, Tonality } from '#processors/audio/analysis/analysis.ts';
import { createRhythmMeasure } from '#processors/audio/analysis/rhythm/rhythm-measure.ts';
import { createTonalityMeasure } from '#processors/audio/analysis/tonality/tonality-measure.ts';
import { type AudioFormat, maxBlockFrames } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';

/**
 * Feeds planar samples, as a reader would, to both measures.
 *
 * @param blockFrames how many come at once; a function may vary it
 */
export async function measureMusic(
  channels: readonly Float32Array[],
  sampleRateHz: number,
  blockFrames: () => number = () => maxBlockFrames,
): Promise<{ readonly rhythm: Rhythm; readonly tonality: Tonality }> {
  const dsp = await createDsp();
  const layout: AudioFormat['layout'] = channels.length === 1 ? ['mono'] : ['left', 'right'];
  const format = { container: 'wav', codec: 'PCM float', sampleRateHz, layout };
  const measures = [await createRhythmMeasure({ dsp, format }), await createTonalityMeasure({ dsp, format })] as const;
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
  return { rhythm: measures[0].result(), tonality: measures[1].result() };
}
