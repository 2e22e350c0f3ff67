import { open } from 'node:fs/promises';
import { AppError } from '#kernel/errors.ts';
import type { MediaInfo } from '#processors/contract.ts';
import type { AcceptedMediaType, Recognised } from './media-type.ts';
import { acceptedNames, headBytes, isAccepted, recognise } from './media-type.ts';
import { probeAvif } from './probes/avif.ts';
import type { PositionedReader } from './probes/file-window.ts';
import { FileWindow } from './probes/file-window.ts';
import { probeGif } from './probes/gif.ts';
import { probeHeic } from './probes/heic.ts';
import { probeJpeg } from './probes/jpeg.ts';
import { probePng } from './probes/png.ts';
import type { ImageHeader, Probe } from './probes/probe.ts';
import { probeTiff } from './probes/tiff.ts';
import { probeWebp } from './probes/webp.ts';

export interface MediaLimits {
  /**
   * Of one frame. Only the first frame of an animation is ever decoded, so frames do not multiply: they have
   * their own limit, which bounds the counting.
   */
  readonly maxPixels: number;
  readonly maxFrames: number;
}

const probes: Readonly<Record<AcceptedMediaType, Probe>> = {
  'image/jpeg': probeJpeg,
  'image/png': probePng,
  'image/webp': probeWebp,
  'image/gif': probeGif,
  'image/tiff': probeTiff,
  'image/avif': probeAvif,
  'image/heic': probeHeic,
};

/**
 * Recognises a file by its content and reads its header, in bounded time and memory.
 *
 * @throws AppError EMPTY_FILE, UNSUPPORTED_MEDIA_TYPE, MEDIA_INVALID, PIXEL_LIMIT, FRAME_LIMIT
 */
export async function inspectFile(path: string, limits: MediaLimits): Promise<MediaInfo> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await inspectMedia(file, size, limits);
  } finally {
    await file.close();
  }
}

/** The same, for anything that can be read at a position. */
export async function inspectMedia(
  reader: PositionedReader,
  sizeBytes: number,
  limits: MediaLimits,
): Promise<MediaInfo> {
  if (sizeBytes === 0) throw new AppError('EMPTY_FILE', 'The file has no content. Choose another one.');
  const file = new FileWindow(reader, sizeBytes, limits.maxFrames);
  const recognised = recognise(await file.upTo(0, headBytes));
  const { mediaType } = recognised;
  if (!isAccepted(mediaType)) throw unsupported(recognised);
  const { stored, ...header } = await probes[mediaType](file, limits.maxFrames);
  checkLimits({ ...header, ...stored }, limits);
  return { mediaType, sizeBytes, ...header };
}

function checkLimits({ widthPx, heightPx, frames }: ImageHeader, { maxPixels, maxFrames }: MediaLimits): void {
  if (widthPx * heightPx > maxPixels) {
    const [pixels, limit] = [megapixels(widthPx * heightPx), megapixels(maxPixels)];
    throw new AppError(
      'PIXEL_LIMIT',
      `The picture has ${widthPx} × ${heightPx} pixels (${pixels}); at most ${limit} are allowed. Make it smaller and upload it again.`,
      { extensions: { widthPx, heightPx, limitPixels: maxPixels } },
    );
  }
  if (frames > maxFrames) {
    throw new AppError(
      'FRAME_LIMIT',
      `The file has more than ${maxFrames} frames or pages, the limit here. Remove some and upload it again.`,
      { extensions: { limitFrames: maxFrames } },
    );
  }
}

function unsupported({ mediaType, name }: Recognised): AppError {
  const advice =
    mediaType === 'image/heif'
      ? 'It does not say what is in it; export it as HEIC or JPEG.'
      : 'What counts is the content, not the name.';
  return new AppError('UNSUPPORTED_MEDIA_TYPE', `This is ${name}. Accepted are ${acceptedNames}. ${advice}`, {
    extensions: mediaType === undefined ? {} : { mediaType },
  });
}

function megapixels(pixels: number): string {
  return `${(pixels / 1_000_000).toLocaleString('en', { maximumFractionDigits: 1 })} megapixels`;
}
