import { Redis } from 'ioredis';
import type { FanOut } from '#events/fan-out.ts';
import { AppError } from '#kernel/errors.ts';
import { type LeaseLocksOptions, leaseLocks } from '../../lease-locks.ts';
import type { Locks } from '../../locks.ts';

export interface RedisLocksOptions extends Pick<LeaseLocksOptions, 'leaseMs' | 'onError'> {
  readonly url: string;
  readonly fanOut: FanOut;
  /** In front of every key. */
  readonly prefix?: string;
}

const renewScript = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`;
const freeScript = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

const connection = {
  lazyConnect: true,
  connectTimeout: 2_000,
  commandTimeout: 1_500,
  retryStrategy: (attempt: number) => Math.min(attempt * 100, 2_000) * (0.5 + Math.random()),
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
};

/**
 * One key for each name, with the holder in it, that ends by itself.
 *
 * @throws AppError LOCKS_UNAVAILABLE when Redis does not answer
 * @see https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/, on a single instance
 */
export async function openRedisLocks(options: RedisLocksOptions): Promise<Locks> {
  const { url, fanOut, prefix = 'esteira', onError = () => {} } = options;
  const redis = new Redis(url, connection);
  redis.on('error', onError);
  await redis.connect().catch((cause: unknown) => {
    redis.disconnect();
    throw new AppError('LOCKS_UNAVAILABLE', 'Redis does not answer. Check REDIS_URL and that it runs.', { cause });
  });
  const keyOf = (name: string) => `${prefix}:lock:${name}`;
  return leaseLocks({
    ...options,
    leases: {
      driver: 'redis',
      take: async (name, holder, leaseMs) => (await redis.set(keyOf(name), holder, 'PX', leaseMs, 'NX')) === 'OK',
      renew: async (name, holder, leaseMs) => (await redis.eval(renewScript, 1, keyOf(name), holder, leaseMs)) === 1,
      free: async (name, holder) => {
        await redis.eval(freeScript, 1, keyOf(name), holder);
      },
      close: async () => redis.disconnect(),
    },
    fanOut,
  });
}
