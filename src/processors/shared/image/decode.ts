import sharp, { type Sharp } from 'sharp';
import { AppError } from '#kernel/errors.ts';
import { type PictureSource, readablePicture } from './readable-picture.ts';

/**
 * Opens a picture of any accepted type for a pipeline, at its first frame. Everything that reads pictures begins here,
 * or with the functions below, which do; then HEIC needs no thought. What is opened twice is made readable once, with
 * `readablePicture`.
 *
 * @throws AppError MEDIA_INVALID, RESOURCE_LIMIT for HEIC that cannot be decoded; the pipeline finds other damage
 */
export async function openPicture(source: PictureSource): Promise<Sharp> {
  const readable = typeof source === 'string' ? await readablePicture(source) : source;
  // libvips keeps decoded pixels of recent files by default: a job's memory is to be gone when the job is.
  sharp.cache(false);
  keepToLoaders();
  return sharp(readable, { failOn: 'warning', limitInputPixels: maxPixels, sequentialRead: true, pages: 1 });
}

/**
 * Of all that libvips can read, only what is accepted: an SVG that calls itself something else meets no renderer.
 * Pixels of our own come as raw ones.
 */
function keepToLoaders(): void {
  if (restricted) return;
  restricted = true;
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: loaders.map((format) => `VipsForeignLoad${format}`) });
}

const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'];
let restricted = false;

/** Above every limit that an upload may be given; the upload's own limit was checked before. */
const maxPixels = 268_402_689;

/** A picture as the eye sees it: upright, sRGB, 8 bits, colour and opacity apart. */
export interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Red, green, blue for each pixel, row by row. */
  readonly rgb: Buffer;
  /** Opacity for each pixel; absent when the picture has none of its own. */
  readonly alpha?: Buffer;
}

/**
 * Decodes the whole picture: EXIF orientation applied, ICC profile and CMYK converted to sRGB, 16 bits to 8,
 * the first frame of an animation.
 *
 * @throws AppError MEDIA_INVALID when the file is damaged anywhere
 */
export async function decodePicture(source: PictureSource): Promise<Picture> {
  const image = await openPicture(source);
  return await pictureOf(image.autoOrient().toColourspace('srgb'));
}

/**
 * Runs a pipeline and takes its pixels.
 *
 * @param image sRGB
 * @throws AppError MEDIA_INVALID
 */
export async function pictureOf(image: Sharp): Promise<Picture> {
  const { data, info } = await decoding(image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }));
  const { width: widthPx, height: heightPx, channels } = info;
  if (channels === 3) return { widthPx, heightPx, rgb: data };
  if (channels !== 4) throw new AppError('MEDIA_INVALID', `The picture has ${channels} channels; 1 to 4 are known.`);
  const { rgb, alpha } = apart(data);
  return { widthPx, heightPx, rgb, alpha };
}

/** @param rgba 4 bytes a pixel */
export function apart(rgba: Uint8Array): { rgb: Buffer; alpha: Buffer } {
  const alpha = Buffer.allocUnsafe(rgba.length / 4);
  const rgb = Buffer.allocUnsafe(alpha.length * 3);
  for (let pixel = 0, from = 0, to = 0; pixel < alpha.length; pixel++, from += 4, to += 3) {
    rgb[to] = rgba[from] as number;
    rgb[to + 1] = rgba[from + 1] as number;
    rgb[to + 2] = rgba[from + 2] as number;
    alpha[pixel] = rgba[from + 3] as number;
  }
  return { rgb, alpha };
}

/** Colours and opacity side by side, as sharp wants them. */
export function withAlpha(rgb: Uint8Array, alpha: Uint8Array): Buffer {
  const rgba = Buffer.allocUnsafe(alpha.length * 4);
  for (let pixel = 0, from = 0, to = 0; pixel < alpha.length; pixel++, from += 3, to += 4) {
    rgba[to] = rgb[from] as number;
    rgba[to + 1] = rgb[from + 1] as number;
    rgba[to + 2] = rgb[from + 2] as number;
    rgba[to + 3] = alpha[pixel] as number;
  }
  return rgba;
}

/**
 * Decodes straight to a model's size, stretched to fill it; JPEG and WebP are never decoded larger than needed.
 * What is transparent becomes white.
 *
 * @returns red, green, blue for each pixel, row by row
 * @throws AppError MEDIA_INVALID
 */
export async function decodeForModel(source: PictureSource, widthPx: number, heightPx: number): Promise<Buffer> {
  const image = await openPicture(source);
  return await decoding(
    image
      .autoOrient()
      .flatten({ background: '#fff' })
      .resize(widthPx, heightPx, { fit: 'fill', kernel: 'linear' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer(),
  );
}

/**
 * A mask stretched to a picture's size: its brightness, on black where it is transparent.
 *
 * @returns 1 byte a pixel
 * @throws AppError MEDIA_INVALID
 */
export async function decodeMask(source: PictureSource, widthPx: number, heightPx: number): Promise<Buffer> {
  const image = await openPicture(source);
  return await decoding(
    image
      .flatten({ background: '#000' })
      .resize(widthPx, heightPx, { fit: 'fill', kernel: 'linear' })
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .toBuffer(),
  );
}

/** What a pipeline rejects with, in words. @throws AppError MEDIA_INVALID */
export async function decoding<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      'MEDIA_INVALID',
      'The picture is damaged or cut off and could not be decoded. Export or copy it again and send the new file.',
      { cause },
    );
  }
}
