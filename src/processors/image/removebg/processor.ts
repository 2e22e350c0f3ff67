import { type Cost, defineProcessor } from '#processors/contract.ts';
import { megapixelsOf, openingBytes, pictureTypes } from '#processors/shared/image/picture-types.ts';
import { removebgParams } from './params.ts';

/** Decoded colour and opacity, the sums of its surroundings, three layers, and what the encoder holds at once. */
const bytesPerPixel = 28;

/** Cuts a picture out and lays it out as the remove.bg API says; the second input is a background. */
export const processor = defineProcessor({
  name: 'image.removebg',
  version: 1,
  title: { en: 'Remove background (remove.bg layout)', 'pt-BR': 'Remover fundo (no formato remove.bg)' },
  accepts: pictureTypes,
  inputs: { min: 1, max: 2 },
  params: removebgParams,
  light: true,
  needs: ({ quality, model }) => [{ processor: 'image.mask', params: { quality, model }, input: 0 }],
  modelHashes: () => [],
  estimate(inputs): Cost {
    const megapixels = megapixelsOf(inputs);
    return { memoryBytes: megapixels * 1e6 * bytesPerPixel + openingBytes(inputs), cpuSeconds: 0.2 * megapixels };
  },
  deadlineMs: (inputs) => 30_000 + 3_000 * megapixelsOf(inputs),
});
