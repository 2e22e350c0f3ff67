import { mebibyte } from '#kernel/units.ts';
import { type Cost, defineProcessor, type MediaInfo } from '#processors/contract.ts';
import { floatFile, int8File, isnet } from './isnet/isnet-model.ts';
import { type CutoutParams, cutoutParams } from './params.ts';

/** Decoded colour and opacity, the result, and what its encoder holds at once. */
const bytesPerPixel = 16;
/** Measured: what a child grows by while its model runs at 1024 px. */
const floatBytes = 850 * mebibyte;
const int8Bytes = 400 * mebibyte;

/** Removes the background of a photograph. */
export const processor = defineProcessor({
  name: 'image.cutout',
  version: 1,
  title: { en: 'Remove background', 'pt-BR': 'Remover fundo' },
  accepts: ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/tiff', 'image/avif'],
  inputs: { min: 1, max: 1 },
  params: cutoutParams,
  models: [isnet],
  modelHashes: ({ quality }) => (quality === 'best' ? [floatFile.sha256] : [floatFile.sha256, int8File.sha256]),
  estimate(inputs, params): Cost {
    const megapixels = megapixelsOf(inputs);
    const model = params.quality === 'best' ? floatBytes : int8Bytes;
    return {
      memoryBytes: model + megapixels * 1e6 * bytesPerPixel,
      cpuSeconds: lookSeconds(params) + 0.15 * megapixels,
    };
  },
  deadlineMs: (inputs) => 60_000 + 2_000 * megapixelsOf(inputs),
  load: async () => (await import('./run.ts')).createRuntime(),
});

function megapixelsOf(inputs: readonly MediaInfo[]): number {
  return inputs.reduce((sum, { widthPx = 0, heightPx = 0 }) => sum + (widthPx * heightPx) / 1e6, 0);
}

function lookSeconds({ quality }: CutoutParams): number {
  return { best: 1.7, auto: 0.8, balanced: 0.5, fast: 0.3 }[quality];
}
