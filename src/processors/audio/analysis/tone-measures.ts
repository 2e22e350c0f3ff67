import type { AudioBlock, AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import { createFeed } from './feed.ts';
import { createRhythmMeasure } from './rhythm/rhythm-measure.ts';
import { createSpectrumMeasure } from './spectrum/spectrum-measure.ts';

/** Most of what works on spectra. */
export async function createToneMeasures(format: AudioFormat) {
  const dsp = await createDsp();
  const spectrum = await createSpectrumMeasure({ dsp, format });
  const rhythm = await createRhythmMeasure({ dsp, format });
  const add: (block: AudioBlock) => void = createFeed(dsp, format, [spectrum, rhythm]);
  return { add, result: () => ({ ...spectrum.result(), rhythm: rhythm.result() }) };
}

export type ToneResults = ReturnType<Awaited<ReturnType<typeof createToneMeasures>>['result']>;
