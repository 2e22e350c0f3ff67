import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#kernel/errors.ts';
import { formatBytes, kibibyte } from '#kernel/units.ts';
import { writeError } from '#storage/storage-errors.ts';

export interface ReceivedFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What comes while the disk is busy is written in one go. */
export const writeAheadBytes = 256 * kibibyte;

/**
 * Streams a body into a new file of `scratchDir` while hashing it. The file is the caller's; after a throw there is
 * none. A body that is refused is left where it stands, neither drained nor destroyed, so that its connection can
 * still carry the answer.
 *
 * @throws AppError UPLOAD_TOO_LARGE, UPLOAD_INTERRUPTED, STORAGE_FULL, or the AppError that the body failed with
 */
export async function receiveFile(body: Readable, scratchDir: string, maxBytes: number): Promise<ReceivedFile> {
  // The loop below meets the body's error, unless it comes before or after: nobody listening would end the process.
  body.on('error', () => {});
  const path = join(scratchDir, randomUUID());
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of chunksOf(body)) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(chunk);
      yield chunk;
    }
  }
  try {
    await pipeline(hashed, createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: writeAheadBytes }));
    return { path, sha256: hash.digest('hex'), sizeBytes };
  } catch (error) {
    await rm(path, { force: true });
    throw writeError(error);
  }
}

async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) yield chunk;
  } catch (error) {
    throw error instanceof AppError ? error : interrupted(error);
  }
}

function interrupted(cause: unknown): AppError {
  const detail = 'The connection ended before the whole file had arrived. Upload it again.';
  return new AppError('UPLOAD_INTERRUPTED', detail, { cause });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('UPLOAD_TOO_LARGE', `The upload is larger than ${formatBytes(maxBytes)}, the limit here.`, {
    extensions: { limitBytes: maxBytes },
  });
}
