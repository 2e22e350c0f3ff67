import { open } from 'node:fs/promises';
import { AppError } from '#kernel/errors.ts';
import type { MediaInfo } from '#processors/contract.ts';
import type { AcceptedMediaType, Recognised } from './media-type.ts';
import { acceptedNames, headBytes, isAccepted, recognise } from './media-type.ts';
import { probeAdts } from './probes/adts.ts';
import { probeAiff } from './probes/aiff.ts';
import { probeAvif } from './probes/avif.ts';
import { probeCaf } from './probes/caf.ts';
import type { PositionedReader } from './probes/file-window.ts';
import { FileWindow } from './probes/file-window.ts';
import { probeFlac } from './probes/flac.ts';
import { probeGif } from './probes/gif.ts';
import { probeHeic } from './probes/heic.ts';
import { tagsBytes } from './probes/id3.ts';
import { probeJpeg } from './probes/jpeg.ts';
import { probeMatroska } from './probes/matroska.ts';
import { probeMp3 } from './probes/mp3.ts';
import { probeMp4 } from './probes/mp4.ts';
import { probeOgg } from './probes/ogg.ts';
import { probePng } from './probes/png.ts';
import type { ImageHeader, Probe } from './probes/probe.ts';
import { probeTiff } from './probes/tiff.ts';
import { probeWav } from './probes/wav.ts';
import { probeWebp } from './probes/webp.ts';

export interface MediaLimits {
  /**
   * Of one frame. Only the first frame of an animation is ever decoded, so frames do not multiply: they have
   * their own limit, which bounds the counting.
   */
  readonly maxPixels: number;
  readonly maxFrames: number;
  readonly maxDurationSeconds: number;
}

const probes: Readonly<Record<AcceptedMediaType, Probe>> = {
  'image/jpeg': probeJpeg,
  'image/png': probePng,
  'image/webp': probeWebp,
  'image/gif': probeGif,
  'image/tiff': probeTiff,
  'image/avif': probeAvif,
  'image/heic': probeHeic,
  'audio/wav': probeWav,
  'audio/aiff': probeAiff,
  'audio/flac': probeFlac,
  'audio/mpeg': probeMp3,
  'audio/mp4': probeMp4,
  'audio/x-m4a': probeMp4,
  'audio/aac': probeAdts,
  'audio/aacp': probeAdts,
  'audio/ogg': probeOgg,
  'audio/x-ogg': probeOgg,
  'audio/webm': probeMatroska,
  'audio/matroska': probeMatroska,
  'audio/x-caf': probeCaf,
};

/**
 * Recognises a file by its content and reads its header, in bounded time and memory.
 *
 * @throws AppError EMPTY_FILE, UNSUPPORTED_MEDIA_TYPE, MEDIA_INVALID, PIXEL_LIMIT, FRAME_LIMIT,
 *   DURATION_LIMIT
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
  const recognised = await recogniseFile(file);
  const { mediaType } = recognised;
  if (!isAccepted(mediaType)) throw unsupported(recognised);
  const header = await probes[mediaType](file, limits.maxFrames);
  if ('durationSeconds' in header) {
    checkDuration(header.durationSeconds, limits);
    return { mediaType, sizeBytes, ...header };
  }
  const { stored, ...picture } = header;
  checkPicture({ ...picture, ...stored }, limits);
  return { mediaType, sizeBytes, ...picture };
}

/** An ID3 tag stands before MP3 as a rule, and before other recordings at times. */
async function recogniseFile(file: FileWindow): Promise<Recognised> {
  const start = await tagsBytes(file);
  const behind = start === 0 ? undefined : recognise(await file.upTo(start, headBytes));
  return behind?.mediaType?.startsWith('audio/') ? behind : recognise(await file.upTo(0, headBytes));
}

function checkDuration(durationSeconds: number, { maxDurationSeconds }: MediaLimits): void {
  if (durationSeconds <= maxDurationSeconds) return;
  throw new AppError(
    'DURATION_LIMIT',
    `The recording is ${inHours(durationSeconds)} long; at most ${inHours(maxDurationSeconds)} are allowed. Cut it into ` +
      'parts and upload those.',
    { extensions: { durationSeconds, limitSeconds: maxDurationSeconds } },
  );
}

function inHours(seconds: number): string {
  const [value, unit] = seconds < 3_600 ? [seconds / 60, 'minutes'] : [seconds / 3_600, 'hours'];
  return `${value.toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`;
}

function checkPicture({ widthPx, heightPx, frames }: ImageHeader, { maxPixels, maxFrames }: MediaLimits): void {
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
