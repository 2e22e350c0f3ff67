import { mebibyte } from '#kernel/units.ts';
import { type Cost, defineProcessor, type MediaInfo } from '#processors/contract.ts';
import { megapixelsOf, openingBytes, pictureTypes } from '#processors/shared/image/picture-types.ts';
import { outputPixels } from './geometry.ts';
import { type ResizeParams, resizeParams } from './params.ts';

/** Of the file: progressive JPEG and WebP are decoded whole, and what is turned is kept whole. */
const bytesPerPixelIn = 6;
/** Of the result: itself, and what its encoder holds. */
const bytesPerPixelOut = 10;

/** Another size, another format: one pass from file to file. */
export const processor = defineProcessor({
  name: 'image.resize',
  version: 1,
  title: { en: 'Resize', 'pt-BR': 'Redimensionar' },
  accepts: pictureTypes,
  inputs: { min: 1, max: 1 },
  params: resizeParams,
  light: true,
  modelHashes: () => [],
  estimate(inputs, params): Cost {
    const megapixels = { in: megapixelsOf(inputs), out: megapixelsOut(inputs, params) };
    const memoryBytes = 1e6 * (megapixels.in * bytesPerPixelIn + megapixels.out * bytesPerPixelOut);
    return {
      memoryBytes: 16 * mebibyte + memoryBytes + openingBytes(inputs),
      cpuSeconds: 0.005 + 0.02 * megapixels.in + 0.1 * megapixels.out,
    };
  },
  deadlineMs: (inputs, params) => 30_000 + 1_000 * (megapixelsOf(inputs) + megapixelsOut(inputs, params)),
});

function megapixelsOut([input]: readonly MediaInfo[], params: ResizeParams): number {
  const { widthPx = 1, heightPx = 1 } = input ?? {};
  return outputPixels({ widthPx, heightPx }, params) / 1e6;
}
