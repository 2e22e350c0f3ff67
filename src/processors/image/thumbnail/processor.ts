import { type Cost, defineProcessor } from '#processors/contract.ts';
import { megapixelsOf, openingBytes, pictureTypes } from '#processors/shared/image/picture-types.ts';
import { checkMentions } from './inputs.ts';
import { maxInputs } from './params/common.ts';
import { type ThumbnailParams, thumbnailParams } from './params.ts';
import { presets } from './presets/presets.ts';
import { settingsOf } from './settings.ts';

/** Measured: 11 for a plain one, 18 with a product turned, its shadow and the look at the file, 21 for AVIF. */
const bytesPerCanvasPixel = 24;
/** Pictures are decoded at the size at which they are shown; what cannot be shrunk while it is read is held in part. */
const bytesPerInputPixel = 4;
/** Typefaces and what draws them. */
const fixedBytes = 60e6;

/** Products on a background, with shadow, prices and logo, as a channel wants its pictures. */
export const processor = defineProcessor({
  name: 'image.thumbnail',
  version: 1,
  title: { en: 'Make thumbnail', 'pt-BR': 'Criar miniatura' },
  accepts: pictureTypes,
  inputs: { min: 1, max: maxInputs },
  params: thumbnailParams,
  presets,
  light: true,
  needs(params, { length }) {
    checkMentions(params, length);
    return params.products
      .filter(({ cutout, mask }) => cutout && mask === undefined)
      .map(({ quality, model, input }) => ({ processor: 'image.mask', params: { quality, model }, input }));
  },
  modelHashes: () => [],
  estimate(inputs, params): Cost {
    const canvas = canvasMegapixels(params);
    const products = params.products.length;
    return {
      memoryBytes:
        fixedBytes +
        canvas * 1e6 * bytesPerCanvasPixel +
        megapixelsOf(inputs) * 1e6 * bytesPerInputPixel +
        openingBytes(inputs),
      cpuSeconds: 0.02 + 0.08 * canvas * products + 0.01 * megapixelsOf(inputs),
    };
  },
  deadlineMs: (inputs, params) =>
    30_000 + 2_000 * megapixelsOf(inputs) + 4_000 * canvasMegapixels(params) * params.products.length,
});

function canvasMegapixels(params: ThumbnailParams): number {
  const { widthPx, heightPx } = settingsOf(params);
  return (widthPx * heightPx) / 1e6;
}
