import { Type } from 'typebox';
import { type Cost, defineProcessor } from '#processors/contract.ts';
import { megapixelsOf, pictureTypes } from '#processors/shared/image/picture-types.ts';

/** Decoded with its colours, then opacity alone, and what the encoder holds. */
const bytesPerPixel = 12;

/** Takes the mask out of a picture that was cut out elsewhere. */
export const processor = defineProcessor({
  name: 'image.alpha',
  version: 1,
  title: { en: 'Take the mask of a cut-out', 'pt-BR': 'Extrair a máscara de um recorte' },
  accepts: pictureTypes,
  inputs: { min: 1, max: 1 },
  params: Type.Object({}, { additionalProperties: false }),
  light: true,
  modelHashes: () => [],
  estimate(inputs): Cost {
    const megapixels = megapixelsOf(inputs);
    return { memoryBytes: megapixels * 1e6 * bytesPerPixel, cpuSeconds: 0.05 * megapixels };
  },
  deadlineMs: (inputs) => 20_000 + 1_000 * megapixelsOf(inputs),
});
