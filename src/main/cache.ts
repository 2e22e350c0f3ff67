import type { Cache } from '#cache/cache.ts';
import { cachedReads } from '#cache/cached-reads.ts';
import { memoryCache } from '#cache/drivers/memory/memory-cache.ts';
import { layeredCache } from '#cache/layered-cache.ts';
import { mebibyte } from '#kernel/units.ts';
import type { ReadStore } from '#storage/object-store.ts';
import type { Parts } from './parts.ts';

const nearMaxBytes = 32 * mebibyte;
/** What each process may have in Redis, which does not evict. */
const farMaxBytes = 64 * mebibyte;
const ttlMs = 10 * 60_000;

/**
 * Where pictures by signed address are read. A store on this machine is as quick as a cache; in front of one that is
 * elsewhere there are the memory of this process and, where there is one, Redis.
 */
export async function openPictures(parts: Parts, opened: AsyncDisposableStack): Promise<ReadStore> {
  const { store } = parts.engines;
  const cache = await openPictureCache(parts, opened);
  return cache === undefined ? store : cachedReads(store, cache);
}

/** The cache alone, for whoever has something to take out of it; undefined where there is none. */
export async function openPictureCache(
  { config, engines, log }: Parts,
  opened: AsyncDisposableStack,
): Promise<Cache | undefined> {
  const { store, fanOut } = engines;
  if (store.capabilities.localPath) return undefined;
  const { redisUrl, queueDriver } = config;
  const onError = (err: unknown): void => log.debug({ err }, 'the cache in Redis cannot be reached');
  const far =
    redisUrl === undefined || queueDriver !== 'redis'
      ? undefined
      : (await import('#cache/drivers/redis/redis-cache.ts')).openRedisCache({
          url: redisUrl,
          ttlMs,
          maxBytes: farMaxBytes,
          onError,
        });
  const cache = layeredCache({ near: memoryCache({ ttlMs, maxBytes: nearMaxBytes }), far, fanOut });
  opened.defer(() => cache.close());
  return cache;
}
