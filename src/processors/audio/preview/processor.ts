import { type Cost, defineProcessor } from '#processors/contract.ts';
import { decodeNeeds } from '#processors/shared/audio/decode-needs.ts';
import { recordingSeconds, soundTypes } from '#processors/shared/audio/sound-types.ts';
import { previewParams } from './params.ts';

/** Decoder, encoder and transforms hold the same for a recording of any length. */
const memoryBytes = 150e6;
/** Nearly all of it is LAME, at some sixty times real time. */
const cpuSecondsPerSecond = 0.02;

/** An MP3 for browsers, its waveform and its spectrogram. */
export const processor = defineProcessor({
  name: 'audio.preview',
  version: 1,
  title: { en: 'Make preview', 'pt-BR': 'Gerar prévia' },
  accepts: soundTypes,
  inputs: { min: 1, max: 1 },
  params: previewParams,
  light: true,
  needs: (_params, inputs) => decodeNeeds(inputs),
  modelHashes: () => [],
  estimate: (inputs): Cost => ({
    memoryBytes,
    cpuSeconds: 0.3 + cpuSecondsPerSecond * recordingSeconds(inputs),
  }),
  deadlineMs: (inputs) => 30_000 + 200 * recordingSeconds(inputs),
});
