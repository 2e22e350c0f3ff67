import type { AudioBlock, AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import { createFeed } from './feed.ts';
import { createRhythmMeasure } from './rhythm/rhythm-measure.ts';
import { createSpectrumMeasure } from './spectrum/spectrum-measure.ts';
import { createTonalityMeasure } from './tonality/tonality-measure.ts';

/** Everything that works on spectra. */
export async function createToneMeasures(format: AudioFormat) {
  const dsp = await createDsp();
  const [spectrum, rhythm, tonality] = [
    await createSpectrumMeasure({ dsp, format }),
    await createRhythmMeasure({ dsp, format }),
    await createTonalityMeasure({ dsp, format }),
  ];
  const add: (block: AudioBlock) => void = createFeed(dsp, format, [spectrum, rhythm, tonality]);
  return { add, result: () => ({ ...spectrum.result(), rhythm: rhythm.result(), tonality: tonality.result() }) };
}

export type ToneResults = ReturnType<Awaited<ReturnType<typeof createToneMeasures>>['result']>;
