import type { MediaInfo } from '#processors/contract.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { inspectFile, type MediaLimits } from './inspect-media.ts';

/**
 * What is in a file of the store, as if it had just been uploaded.
 *
 * @param scratchDir exists; for files that have to be fetched
 * @throws AppError OBJECT_NOT_FOUND, OBJECT_CORRUPT, or what `inspectFile` throws
 */
export async function inspectStored(
  store: ObjectStore,
  sha256: string,
  scratchDir: string,
  limits: MediaLimits,
): Promise<MediaInfo> {
  const { path, release } = await store.checkout(sha256, scratchDir);
  try {
    return await inspectFile(path, limits);
  } finally {
    await release();
  }
}
