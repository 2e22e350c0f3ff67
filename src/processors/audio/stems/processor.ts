import { type Cost, defineProcessor } from '../../contract.ts';
import { decodeNeeds } from '../../shared/audio/decode-needs.ts';
import { recordingSeconds, soundTypes } from '../../shared/audio/sound-types.ts';
import { stemsParams } from './params.ts';
import { planStems } from './plan-stems.ts';
import { signalEstimates } from './signal/signal-model.ts';

/** A minute of music and its spectra, at 192 kHz: a sample rate is not known before the file is opened. */
const fixedBytes = 400e6;
/** Measured: 40 × real time for separating, and up to 20 × for writing four MP3s. */
const cpuSecondsPerSecond = 1 / 13;

/** Takes a mix apart. */
export const processor = defineProcessor({
  name: 'audio.stems',
  version: 1,
  title: { en: 'Separate stems', 'pt-BR': 'Separar stems' },
  accepts: soundTypes,
  inputs: { min: 1, max: 1 },
  params: stemsParams,
  needs: (_params, inputs) => decodeNeeds(inputs),
  modelHashes(params) {
    planStems(params, signalEstimates);
    return [];
  },
  estimate(inputs): Cost {
    return { memoryBytes: fixedBytes, cpuSeconds: 1 + cpuSecondsPerSecond * recordingSeconds(inputs) };
  },
  deadlineMs: (inputs) => 60_000 + 1_000 * recordingSeconds(inputs),
});
