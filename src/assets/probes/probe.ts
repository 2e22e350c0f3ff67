import { AppError } from '#kernel/errors.ts';
import type { AcceptedMediaType } from '../media-type.ts';
import type { FileWindow } from './file-window.ts';

export interface PictureSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * What a header says. Width and height are those before any rotation that EXIF asks for; a rotation that belongs to the
 * format itself (HEIC) is done.
 */
export interface ImageHeader extends PictureSize {
  /** The most that decoding has to hold, where that is another size: it is what counts against the limit. */
  readonly stored?: PictureSize;
  /** Counted up to one more than the limit: the walk stops there. */
  readonly frames: number;
}

/** What a header says of a recording. */
export interface SoundHeader {
  readonly durationSeconds: number;
  /** Where the header tells more than the first bytes did. */
  readonly mediaType?: AcceptedMediaType;
}

/**
 * Reads a header in JavaScript: native decoders never run in this process.
 * What comes after a usable header, whole or broken, is for the processor to find.
 *
 * @throws AppError MEDIA_INVALID when the header is unusable
 */
export type Probe = (file: FileWindow, maxFrames: number) => Promise<ImageHeader | SoundHeader>;

/** @param what completes "The JPEG file is damaged: …" */
export function damaged(format: string, what: string): AppError {
  return new AppError(
    'MEDIA_INVALID',
    `The ${format} file is damaged: ${what}. Open it in an image editor, export it again and upload that.`,
  );
}

/** @throws AppError MEDIA_INVALID when a side is zero */
export function imageHeader(format: string, widthPx: number, heightPx: number, frames: number): ImageHeader {
  if (widthPx < 1 || heightPx < 1) throw damaged(format, `its header says ${widthPx} × ${heightPx} pixels`);
  return { widthPx, heightPx, frames: Math.max(1, frames) };
}
