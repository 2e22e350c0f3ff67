import type { Redis } from 'ioredis';
import { AppError } from '#kernel/errors.ts';

/**
 * A full Redis that evicts may drop single keys that belong together, such as the lock of an upload.
 *
 * @throws AppError CONFIG_INVALID when it may
 */
export async function refuseEviction(redis: Redis): Promise<void> {
  const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1];
  if (policy === undefined || policy === 'noeviction') return;
  throw new AppError(
    'CONFIG_INVALID',
    `Redis may evict what it was given to keep (maxmemory-policy ${policy}): set maxmemory-policy noeviction, or use ` +
      'another Redis.',
  );
}
