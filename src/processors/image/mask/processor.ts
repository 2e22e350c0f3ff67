import { type Cost, defineProcessor, type Processor } from '#processors/contract.ts';
import { defaultModel, type MaskParams, maskParams } from '#processors/shared/image/mask-params.ts';
import { megapixelsOf, openingBytes, pictureTypes } from '#processors/shared/image/picture-types.ts';
import type { ModelDescriptor } from '#processors/shared/models/model-descriptor.ts';
import { type ModelCatalogue, noModels, requireModel } from '#processors/shared/models/model-folder.ts';
import { addedModelDeadlineMs, cpuSecondsOf, hashesOf, workingBytesOf } from './added-model.ts';
import { floatFile, int8File, isnet, workingBytes } from './isnet/isnet-model.ts';

/** What the decoder holds at once, and its result at the model's size. */
const bytesPerPixel = 8;

/** Finds the subject of a photograph. */
export const processor = maskProcessor(noModels);

function maskProcessor(catalogue: ModelCatalogue): Processor<typeof maskParams> {
  /** @throws AppError MODEL_NOT_FOUND, before there is a job */
  const added = ({ model }: MaskParams): ModelDescriptor | undefined =>
    model === defaultModel ? undefined : requireModel(catalogue, model, [defaultModel]);
  return defineProcessor({
    name: 'image.mask',
    version: 1,
    title: { en: 'Find the subject', 'pt-BR': 'Encontrar o produto' },
    accepts: pictureTypes,
    inputs: { min: 1, max: 1 },
    params: maskParams,
    models: [isnet],
    withModels: maskProcessor,
    modelHashes(params) {
      const model = added(params);
      if (model !== undefined) return hashesOf(model);
      return params.quality === 'best' ? [floatFile.sha256] : [floatFile.sha256, int8File.sha256];
    },
    estimate(inputs, params): Cost {
      const model = added(params);
      const megapixels = megapixelsOf(inputs);
      const running =
        model === undefined ? workingBytes[params.quality === 'best' ? 'float' : 'int8'] : workingBytesOf(model);
      return {
        memoryBytes: running + megapixels * 1e6 * bytesPerPixel + openingBytes(inputs),
        cpuSeconds: (model === undefined ? lookSeconds(params) : cpuSecondsOf(model)) + 0.05 * megapixels,
      };
    },
    deadlineMs: (inputs, { model }) =>
      (model === defaultModel ? 60_000 : addedModelDeadlineMs) + 1_000 * megapixelsOf(inputs),
  });
}

function lookSeconds({ quality }: MaskParams): number {
  return { best: 1.7, auto: 0.8, balanced: 0.5, fast: 0.3 }[quality];
}
