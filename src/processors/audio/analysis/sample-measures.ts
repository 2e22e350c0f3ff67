import type { AudioBlock, AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import { createDynamicsMeasure } from './dynamics/dynamics-measure.ts';
import { createFeed } from './feed.ts';
import { createLoudnessMeasure } from './loudness/loudness-measure.ts';
import { createTonalityMeasure } from './tonality/tonality-measure.ts';

/** Everything that works on samples as they are, and the key, so that both threads have as much to do. */
export async function createSampleMeasures(format: AudioFormat) {
  const dsp = await createDsp();
  const loudness = await createLoudnessMeasure({ dsp, format });
  const dynamics = await createDynamicsMeasure({ dsp, format });
  const tonality = await createTonalityMeasure({ dsp, format });
  const add: (block: AudioBlock) => void = createFeed(dsp, format, [loudness, dynamics, tonality]);
  return { add, result: () => ({ ...loudness.result(), ...dynamics.result(), tonality: tonality.result() }) };
}

export type SampleResults = ReturnType<Awaited<ReturnType<typeof createSampleMeasures>>['result']>;
