import { type Cost, defineProcessor } from '#processors/contract.ts';
import { megapixelsOf, openingBytes, pictureTypes } from '#processors/shared/image/picture-types.ts';
import { cutoutParams } from './params.ts';

/** Decoded colour and opacity, the sums of its surroundings, the result, and what its encoder holds at once. */
const bytesPerPixel = 16;

/** Removes the background of a photograph; the second input, if there is one, is its mask. */
export const processor = defineProcessor({
  name: 'image.cutout',
  version: 2,
  title: { en: 'Remove background', 'pt-BR': 'Remover fundo' },
  accepts: pictureTypes,
  inputs: { min: 1, max: 2 },
  params: cutoutParams,
  light: true,
  needs: ({ quality, model }, { length }) =>
    length === 2 ? [] : [{ processor: 'image.mask', params: { quality, model }, input: 0 }],
  modelHashes: () => [],
  estimate(inputs): Cost {
    const megapixels = megapixelsOf(inputs);
    return { memoryBytes: megapixels * 1e6 * bytesPerPixel + openingBytes(inputs), cpuSeconds: 0.15 * megapixels };
  },
  deadlineMs: (inputs) => 30_000 + 2_000 * megapixelsOf(inputs),
});
