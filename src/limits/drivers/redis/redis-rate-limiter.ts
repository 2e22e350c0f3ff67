import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { AppError } from '#kernel/errors.ts';
import type { RateLimiter } from '../../rate-limiter.ts';

export interface RedisRateLimiterOptions {
  readonly url: string;
  /** In front of every key. */
  readonly prefix?: string;
  /** Told when Redis goes away. */
  readonly onError?: (error: unknown) => void;
}

const answerMs = 1_000;
/** After an answer that did not come, Redis is left in peace for so long. */
const restMs = 1_000;

/** In Redis, for all processes and beyond their restarts. It opens whether or not Redis is there. */
export function openRedisRateLimiter(options: RedisRateLimiterOptions): RateLimiter {
  const { url, prefix = 'esteira:limits', onError = () => {} } = options;
  const client = new Redis(url, {
    connectTimeout: 2_000,
    commandTimeout: answerMs,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000) * (0.5 + Math.random()),
  });
  client.on('error', onError);
  const limiter = new RateLimiterRedis({ storeClient: client, keyPrefix: prefix, points: 1, duration: 1 });
  let restUntilMs = 0;

  async function ask<T>(command: () => Promise<T>): Promise<T> {
    if (client.status !== 'ready' || performance.now() < restUntilMs) throw unavailable();
    try {
      return await command();
    } catch (error) {
      restUntilMs = performance.now() + restMs;
      throw unavailable(error);
    }
  }

  return {
    driver: 'redis',
    async add(key, points, windowSeconds) {
      const { consumedPoints, msBeforeNext } = await ask(() =>
        limiter.penalty(key, points, { customDuration: windowSeconds }),
      );
      return { used: consumedPoints, resetsInMs: msBeforeNext };
    },
    hold: async (key, used, seconds) => void (await ask(() => limiter.set(key, used, seconds))),
    forget: async (key) => void (await ask(() => limiter.delete(key))),
    close: async () => client.disconnect(),
  };
}

function unavailable(cause?: unknown): AppError {
  return new AppError('LIMITS_UNAVAILABLE', 'Nobody can say how much was used already. Try again in a few seconds.', {
    cause,
  });
}
