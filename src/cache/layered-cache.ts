import type { FanOut } from '#events/fan-out.ts';
import type { Cache } from './cache.ts';

/** A cache of this process alone, in front of another. */
export interface NearCache extends Cache {
  clear(): void;
}

export interface LayeredCacheOptions {
  readonly near: NearCache;
  /** What all processes share; there need be none. */
  readonly far: Cache | undefined;
  readonly fanOut: FanOut;
}

const keyPrefix = 'bytes:';

/**
 * Looks near by first, then far away. What one process drops, all drop.
 *
 * An entry that is dropped while another process is fetching it may come back there, and lives to its end: keys should
 * name what they stand for so exactly that this does no harm, as a hash does.
 */
export function layeredCache({ near, far, fanOut }: LayeredCacheOptions): Cache {
  const stop = fanOut.on('cache-dropped', (keys) => {
    if (keys.length === 0) near.clear();
    else void near.drop(keys.filter((key) => key.startsWith(keyPrefix)).map((key) => key.slice(keyPrefix.length)));
  });
  return {
    driver: far === undefined ? near.driver : `${near.driver}, ${far.driver}`,
    async get(key) {
      const here = await near.get(key);
      if (here !== undefined || far === undefined) return here;
      const there = await far.get(key);
      if (there !== undefined) await near.set(key, there);
      return there;
    },
    async set(key, bytes) {
      await Promise.all([near.set(key, bytes), far?.set(key, bytes)]);
    },
    async drop(keys) {
      if (keys.length === 0) return;
      // The far one first: who looks again because of the message must not find it there.
      await far?.drop(keys);
      await near.drop(keys);
      const told = keys.map((key) => `${keyPrefix}${key}`);
      fanOut.tell('cache-dropped', told);
    },
    async close() {
      stop();
      await Promise.all([near.close(), far?.close()]);
    },
  };
}
