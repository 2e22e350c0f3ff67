import { mebibyte } from '#kernel/units.ts';
import { type Cost, defineProcessor } from '#processors/contract.ts';
import { type MaskParams, maskParams } from '#processors/shared/image/mask-params.ts';
import { megapixelsOf, openingBytes, pictureTypes } from '#processors/shared/image/picture-types.ts';
import { floatFile, int8File, isnet } from './isnet/isnet-model.ts';

/** What the decoder holds at once, and its result at the model's size. */
const bytesPerPixel = 8;
/** Measured: what a child grows by while its model runs at 1024 px. */
const floatBytes = 850 * mebibyte;
const int8Bytes = 400 * mebibyte;

/** Finds the subject of a photograph. */
export const processor = defineProcessor({
  name: 'image.mask',
  version: 1,
  title: { en: 'Find the subject', 'pt-BR': 'Encontrar o produto' },
  accepts: pictureTypes,
  inputs: { min: 1, max: 1 },
  params: maskParams,
  models: [isnet],
  modelHashes: ({ quality }) => (quality === 'best' ? [floatFile.sha256] : [floatFile.sha256, int8File.sha256]),
  estimate(inputs, params): Cost {
    const megapixels = megapixelsOf(inputs);
    const model = params.quality === 'best' ? floatBytes : int8Bytes;
    return {
      memoryBytes: model + megapixels * 1e6 * bytesPerPixel + openingBytes(inputs),
      cpuSeconds: lookSeconds(params) + 0.05 * megapixels,
    };
  },
  deadlineMs: (inputs) => 60_000 + 1_000 * megapixelsOf(inputs),
  load: async () => (await import('./run.ts')).createRuntime(),
});

function lookSeconds({ quality }: MaskParams): number {
  return { best: 1.7, auto: 0.8, balanced: 0.5, fast: 0.3 }[quality];
}
