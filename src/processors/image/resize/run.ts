import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { AppError } from '#kernel/errors.ts';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime } from '#processors/contract.ts';
import { decoding, openPicture } from '#processors/shared/image/decode.ts';
import { encode, type PictureFormat } from '#processors/shared/image/encode.ts';
import { focalCrop } from './geometry.ts';
import type { ResizeParams, resizeParams } from './params.ts';

const keptFormats: Readonly<Record<string, PictureFormat>> = {
  'image/jpeg': 'jpeg',
  'image/heic': 'jpeg',
  'image/webp': 'webp',
  'image/avif': 'avif',
};

export function createRuntime(): ProcessorRuntime<typeof resizeParams> {
  sharp.concurrency(1);
  sharp.cache(false);
  return {
    warm: async () => {},
    run: async (context) => [await resize(context)],
  };
}

/** One pipeline, from file to file: JPEG and WebP are never decoded larger than needed. */
async function resize(context: ProcessorContext<typeof resizeParams>): Promise<ProcessorOutput> {
  const { inputs, params, scratchDir } = context;
  const [input] = inputs;
  if (!input) throw new Error('the job came without its picture');
  const format = params.format === 'keep' ? (keptFormats[input.mediaType] ?? 'png') : params.format;
  const opened = await openPicture(input.path);
  const background = params.background === 'transparent' && format === 'jpeg' ? 'white' : params.background;
  const scaled = await decoding(scale(opened, { ...params, background }));
  const image = background === 'transparent' ? scaled : scaled.flatten({ background });
  const file = `resized.${format}`;
  const { width: widthPx, height: heightPx } = await decoding(
    encode(image.toColourspace('srgb'), format, params.compression).toFile(join(scratchDir, file)).catch(explainSize),
  );
  return { file, mediaType: `image/${format}`, data: { widthPx, heightPx } };
}

async function scale(image: Sharp, params: ResizeParams): Promise<Sharp> {
  const { fit, widthPx, heightPx, focalXPercent, focalYPercent, enlarge } = params;
  const upright = image.autoOrient();
  if (widthPx === 0 && heightPx === 0) return upright;
  const isCentred = focalXPercent === 50 && focalYPercent === 50;
  const isBox = widthPx > 0 && heightPx > 0;
  if (fit === 'cover' && isBox && !isCentred) {
    const { autoOrient } = await image.metadata();
    const { scaled, crop } = focalCrop({ widthPx: autoOrient.width, heightPx: autoOrient.height }, params);
    return upright
      .resize(scaled.widthPx, scaled.heightPx, { fit: 'fill' })
      .extract({ left: crop.leftPx, top: crop.topPx, width: crop.widthPx, height: crop.heightPx });
  }
  return upright.resize({
    fit: isBox ? fit : 'inside',
    ...(widthPx > 0 && { width: widthPx }),
    ...(heightPx > 0 && { height: heightPx }),
    withoutEnlargement: !enlarge,
    background: params.background === 'transparent' ? { r: 0, g: 0, b: 0, alpha: 0 } : params.background,
  });
}

/** A picture may be whole and still have more pixels on a side than the format of the result can have. */
function explainSize(cause: unknown): never {
  if (cause instanceof Error && cause.message.includes('too large for the')) {
    throw new AppError(
      'INVALID_PARAMETERS',
      'The result would have more pixels on one side than its format can have. Give a smaller width or height, or choose png.',
      { cause },
    );
  }
  throw cause;
}
