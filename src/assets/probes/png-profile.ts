import { once } from 'node:events';
import { createInflate } from 'node:zlib';
import { AppError } from '#kernel/errors.ts';
import { mebibyte } from '#kernel/units.ts';
import type { FileWindow } from './file-window.ts';

/** The largest profiles of printers have some. */
const maxProfileBytes = 16 * mebibyte;
const pieceBytes = 16_384;
/** The profile's name, of at most 79 characters, a NUL, and the method. */
const maxNameBytes = 81;

/**
 * Unpacks the colour profile of a PNG only to see that it stays small: it is packed, and a megabyte of it may stand for
 * a gigabyte. What is wrong with it otherwise is for the decoder to say.
 *
 * @param start of the chunk's data
 * @throws AppError RESOURCE_LIMIT
 * @see W3C PNG Specification (Third Edition), section 11.3.2.3
 */
export async function checkProfile(file: FileWindow, start: number, length: number): Promise<void> {
  const name = await file.upTo(start, Math.min(length, maxNameBytes));
  const packed = name.indexOf(0) + 2;
  const inflate = createInflate();
  let sizeBytes = 0;
  let isBroken = false;
  inflate.on('data', (bytes: Buffer) => {
    sizeBytes += bytes.length;
  });
  inflate.once('error', () => {
    isBroken = true;
  });
  try {
    for (let at = packed; at < length && !isBroken; ) {
      const piece = await file.upTo(start + at, Math.min(pieceBytes, length - at));
      if (piece.length === 0) break;
      at += piece.length;
      // Copied: the window moves on while it is being unpacked.
      if (!inflate.write(Buffer.from(piece))) await Promise.race([once(inflate, 'drain'), once(inflate, 'close')]);
      if (sizeBytes > maxProfileBytes) throw tooLarge();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
  } finally {
    inflate.destroy();
  }
}

function tooLarge(): AppError {
  return new AppError(
    'RESOURCE_LIMIT',
    'The colour profile of the PNG is packed and needs more memory than a profile ever does. Save it without the ' +
      'profile, or with another one, and upload that.',
  );
}
