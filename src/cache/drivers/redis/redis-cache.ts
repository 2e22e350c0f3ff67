import { Redis } from 'ioredis';
import { type Cache, type CacheOptions, fits } from '../../cache.ts';

export interface RedisCacheOptions extends CacheOptions {
  readonly url: string;
  /** In front of every key. */
  readonly prefix?: string;
  /** Told when Redis goes away; until it is back, everything is a miss. */
  readonly onError?: (error: unknown) => void;
}

const answerMs = 50;
/** After an answer that did not come, Redis is left in peace for so long. */
const restMs = 1_000;

/**
 * In Redis, for all processes. It does not evict, so nothing may be written without end: in the time that an entry lives,
 * each process writes half of `maxBytes`, and all of that is gone when as much has been written again.
 *
 * It opens whether or not Redis is there.
 */
export function openRedisCache(options: RedisCacheOptions): Cache {
  const { url, ttlMs, maxBytes, prefix = 'esteira:cache:', onError = () => {} } = options;
  const client = new Redis(url, {
    keyPrefix: prefix,
    connectTimeout: 2_000,
    commandTimeout: answerMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000) * (0.5 + Math.random()),
  });
  client.on('error', onError);
  let restUntilMs = 0;
  let window = { endsMs: 0, bytes: 0 };

  async function attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (client.status !== 'ready' || performance.now() < restUntilMs) return undefined;
    try {
      return await command();
    } catch {
      restUntilMs = performance.now() + restMs;
      return undefined;
    }
  }

  /** @returns whether there is room for so many bytes now */
  function spend(bytes: number): boolean {
    const nowMs = performance.now();
    if (nowMs >= window.endsMs) window = { endsMs: nowMs + ttlMs, bytes: 0 };
    if (window.bytes + bytes > maxBytes / 2) return false;
    window.bytes += bytes;
    return true;
  }

  return {
    driver: 'redis',
    async get(key) {
      const bytes = await attempt(() => client.getBuffer(key));
      // A copy: these may be part of a larger piece of what came, and would keep all of it.
      return bytes ? Buffer.from(bytes) : undefined;
    },
    async set(key, bytes) {
      if (!fits(bytes, options) || !spend(bytes.length)) return;
      await attempt(() => client.set(key, bytes, 'PX', ttlMs));
    },
    async drop(keys) {
      if (keys.length > 0) await attempt(() => client.unlink(...keys));
    },
    close: async () => client.disconnect(),
  };
}
