import { type Cost, defineProcessor, type Processor } from '../../contract.ts';
import { decodeNeeds } from '../../shared/audio/decode-needs.ts';
import { recordingSeconds, soundTypes } from '../../shared/audio/sound-types.ts';
import { type ModelCatalogue, noModels, requireSeparation } from '../../shared/models/model-folder.ts';
import type { SeparationDescriptor } from '../../shared/models/separation-descriptor.ts';
import { cpuSecondsOf, estimatesOf, hashesOf, workingBytesOf } from './networks/separation-model.ts';
import { type StemsParams, signalProcessing, stemsParams } from './params.ts';
import { planStems } from './plan-stems.ts';
import { signalEstimates } from './signal/signal-model.ts';

/** A minute of music and its spectra, at 192 kHz: a sample rate is not known before the file is opened. */
const fixedBytes = 400e6;
/** Measured: 35 × real time for separating into WAV, and 15 × with four MP3s. */
const cpuSecondsPerSecond = 1 / 15;

/** Takes a mix apart. */
export const processor = stemsProcessor(noModels);

function stemsProcessor(catalogue: ModelCatalogue): Processor<typeof stemsParams> {
  /** @throws AppError MODEL_NOT_FOUND, before there is a job */
  const added = ({ model }: StemsParams): SeparationDescriptor | undefined =>
    model === signalProcessing ? undefined : requireSeparation(catalogue, model, [signalProcessing]);
  return defineProcessor({
    name: 'audio.stems',
    version: 1,
    title: { en: 'Separate stems', 'pt-BR': 'Separar stems' },
    accepts: soundTypes,
    inputs: { min: 1, max: 1 },
    params: stemsParams,
    withModels: stemsProcessor,
    needs: (_params, inputs) => decodeNeeds(inputs),
    modelHashes(params) {
      const model = added(params);
      planStems(params, model === undefined ? signalEstimates : estimatesOf(model));
      return model === undefined ? [] : hashesOf(model);
    },
    estimate(inputs, params): Cost {
      const model = added(params);
      const seconds = recordingSeconds(inputs);
      return model === undefined
        ? { memoryBytes: fixedBytes, cpuSeconds: 1 + cpuSecondsPerSecond * seconds }
        : { memoryBytes: fixedBytes + workingBytesOf(model), cpuSeconds: cpuSecondsOf(model, seconds) };
    },
    deadlineMs(inputs, { model }) {
      const seconds = recordingSeconds(inputs);
      return model === signalProcessing ? 60_000 + 1_000 * seconds : 300_000 + 15_000 * seconds;
    },
  });
}
