import { type Cache, type CacheOptions, fits } from '../../cache.ts';

export interface MemoryCache extends Cache {
  /** All of it. */
  clear(): void;
}

/** In this process; what was asked for longest ago goes first. */
export function memoryCache(options: CacheOptions): MemoryCache {
  const { ttlMs, maxBytes } = options;
  /** In the order of use: a Map keeps that of insertion. */
  const entries = new Map<string, { readonly bytes: Buffer; readonly untilMs: number }>();
  let total = 0;

  function remove(key: string): void {
    total -= entries.get(key)?.bytes.length ?? 0;
    entries.delete(key);
  }

  function clear(): void {
    entries.clear();
    total = 0;
  }

  return {
    driver: 'memory',
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.untilMs <= performance.now()) {
        remove(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.bytes;
    },
    async set(key, bytes) {
      remove(key);
      if (!fits(bytes, options)) return;
      entries.set(key, { bytes, untilMs: performance.now() + ttlMs });
      total += bytes.length;
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) break;
        remove(oldest);
      }
    },
    async drop(keys) {
      for (const key of keys) remove(key);
    },
    clear,
    close: async () => clear(),
  };
}
