import type { AudioBlock, AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import { createDynamicsMeasure } from './dynamics/dynamics-measure.ts';
import { createFeed } from './feed.ts';
import { createLoudnessMeasure } from './loudness/loudness-measure.ts';

/** Everything that works on samples as they are. */
export async function createSampleMeasures(format: AudioFormat) {
  const dsp = await createDsp();
  const [loudness, dynamics] = [
    await createLoudnessMeasure({ dsp, format }),
    await createDynamicsMeasure({ dsp, format }),
  ];
  const add: (block: AudioBlock) => void = createFeed(dsp, format, [loudness, dynamics]);
  return { add, result: () => ({ ...loudness.result(), ...dynamics.result() }) };
}

export type SampleResults = ReturnType<Awaited<ReturnType<typeof createSampleMeasures>>['result']>;
