import { type Cost, defineProcessor } from '#processors/contract.ts';
import { decodeNeeds } from '#processors/shared/audio/decode-needs.ts';
import { recordingSeconds, soundTypes } from '#processors/shared/audio/sound-types.ts';
import { analysisParams } from './params.ts';

/** What the measures and the decoder hold whatever the recording's length, in two threads. */
const fixedBytes = 120e6;
/** Series of tenths of a second, and the strength of onsets. */
const bytesPerSecond = 4_000;
/** Measured: 240 s of a 44.1 kHz stereo WAV take half a second on one core; MP3 and AAC are decoded at 100 × real time at least. */
const cpuSecondsPerSecond = 0.01;

/** Is the mix ready? What can be measured of a recording, held against a target and a reference, in words. */
export const processor = defineProcessor({
  name: 'audio.analysis',
  version: 1,
  title: { en: 'Analyse mix', 'pt-BR': 'Analisar mixagem' },
  accepts: soundTypes,
  inputs: { min: 1, max: 2 },
  params: analysisParams,
  // No model stays in its children, and it must not put out one that has.
  light: true,
  needs: (_params, inputs) => decodeNeeds(inputs),
  modelHashes: () => [],
  estimate(inputs): Cost {
    const seconds = recordingSeconds(inputs);
    return { memoryBytes: fixedBytes + bytesPerSecond * seconds, cpuSeconds: 0.2 + cpuSecondsPerSecond * seconds };
  },
  deadlineMs: (inputs) => 30_000 + 100 * recordingSeconds(inputs),
});
