import sharp, { type Sharp } from 'sharp';
import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import type { Raster } from './compose/raster.ts';
import type { Settings } from './settings.ts';

export interface Encoded {
  readonly file: Buffer;
  /** What it came down to; nothing for PNG. */
  readonly compression: number | undefined;
}

type Wishes = Pick<Settings, 'format' | 'compression' | 'maxBytes'>;

/**
 * Writes the file in memory, without metadata: 8 bits, sRGB. Where it would be larger than it may be, the highest quality
 * that fits is searched by bisection.
 *
 * @param sharpEdges letters have them: their colours are then not written at half the size
 * @throws AppError RESULT_TOO_LARGE when not even the lowest quality fits
 */
export async function encode(raster: Raster, wishes: Wishes, sharpEdges: boolean): Promise<Encoded> {
  const { format, compression, maxBytes = Number.POSITIVE_INFINITY } = wishes;
  const write = async (quality: number) => await written(raster, format, quality, sharpEdges).toBuffer();
  const best = await write(compression);
  if (best.length <= maxBytes) return { file: best, compression: format === 'png' ? undefined : compression };
  if (format === 'png') throw tooLarge(best.length, wishes);
  let fitting: Encoded | undefined;
  let [low, high] = [1, compression - 1];
  let smallest = best.length;
  while (low <= high) {
    const quality = Math.floor((low + high) / 2);
    const file = await write(quality);
    smallest = Math.min(smallest, file.length);
    if (file.length > maxBytes) high = quality - 1;
    else {
      fitting = { file, compression: quality };
      low = quality + 1;
    }
  }
  if (fitting === undefined) throw tooLarge(smallest, wishes);
  return fitting;
}

function tooLarge(sizeBytes: number, { format, maxBytes }: Wishes): AppError {
  const least = format === 'png' ? 'PNG is without loss' : 'at the lowest quality';
  const advice = format === 'png' ? 'Take jpeg or webp, a smaller canvas' : 'Take a smaller canvas, another format';
  return new AppError(
    'RESULT_TOO_LARGE',
    `The picture has ${formatBytes(sizeBytes)} (${least}), and may have ${formatBytes(maxBytes ?? 0)}. ${advice}, or a higher maxBytes.`,
    { extensions: { sizeBytes, limitBytes: maxBytes } },
  );
}

function written(
  { widthPx: width, heightPx: height, channels, data }: Raster,
  format: Wishes['format'],
  quality: number,
  sharpEdges: boolean,
): Sharp {
  const image = sharp(data, { raw: { width, height, channels } });
  const chromaSubsampling = sharpEdges ? '4:4:4' : '4:2:0';
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality, chromaSubsampling });
    case 'png':
      return image.png({ compressionLevel: 6, adaptiveFiltering: false });
    case 'webp':
      return image.webp({ quality, alphaQuality: 100, smartSubsample: sharpEdges });
    case 'avif':
      return image.avif({ quality, effort: 2, chromaSubsampling });
  }
}
