import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimiter } from '../../rate-limiter.ts';

/** Half a kilobyte each. */
const defaultMaxKeys = 50_000;

/**
 * In this process alone, gone with it.
 *
 * @param maxKeys above this, what has been counted for longest is forgotten
 */
export function memoryRateLimiter(maxKeys = defaultMaxKeys): RateLimiter {
  const limiter = new RateLimiterMemory({ keyPrefix: '', points: 1, duration: 1 });
  // In the order of their windows. The library forgets a key when its window ends; this one here may be there longer.
  const keys = new Set<string>();

  function touch(key: string, isNew: boolean): void {
    if (!isNew && keys.has(key)) return;
    keys.delete(key);
    keys.add(key);
    const [oldest] = keys;
    if (keys.size <= maxKeys || oldest === undefined) return;
    keys.delete(oldest);
    void limiter.delete(oldest);
  }

  return {
    driver: 'memory',
    async add(key, points, windowSeconds) {
      const { consumedPoints, msBeforeNext, isFirstInDuration } = await limiter.penalty(key, points, {
        customDuration: windowSeconds,
      });
      touch(key, isFirstInDuration);
      return { used: consumedPoints, resetsInMs: msBeforeNext };
    },
    async hold(key, used, seconds) {
      await limiter.set(key, used, seconds);
      touch(key, true);
    },
    async forget(key) {
      keys.delete(key);
      await limiter.delete(key);
    },
    async close() {
      for (const key of keys) await limiter.delete(key);
      keys.clear();
    },
  };
}
