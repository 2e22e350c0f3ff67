import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#kernel/errors.ts';
import { receiveFile } from '../receive-file.ts';
import type { Checksum, Piece } from './upload.ts';

/**
 * Keeps a piece aside until it is whole and has the hash that its sender says, so that no byte counts that was not
 * verified.
 *
 * @throws AppError CHECKSUM_MISMATCH, UPLOAD_TOO_LARGE, STORAGE_FULL; what `use` throws
 */
export async function withVerified<T>(
  piece: Piece & { readonly checksum: Checksum },
  scratchDir: string,
  maxBytes: number,
  use: (piece: Piece) => Promise<T>,
): Promise<T> {
  const { path, sizeBytes: lengthBytes } = await receiveFile(piece.body, scratchDir, maxBytes);
  try {
    await verify(path, piece.checksum);
    return await use({ body: createReadStream(path), lengthBytes, sizeBytes: piece.sizeBytes });
  } finally {
    await rm(path, { force: true });
  }
}

async function verify(path: string, { algorithm, digest }: Checksum): Promise<void> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  if (hash.digest().equals(digest)) return;
  const detail = 'The bytes that arrived do not fit Upload-Checksum. None of them was kept; send them again.';
  throw new AppError('CHECKSUM_MISMATCH', detail);
}
