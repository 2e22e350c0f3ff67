import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { AppError } from '#kernel/errors.ts';
import { BullMqJobQueue, type JobQueueOptions, queueUnavailable } from '../../bullmq-queue.ts';
import type { JobQueue } from '../../job-queue.ts';

export interface RedisQueueOptions extends JobQueueOptions {
  readonly url: string;
}

/**
 * The queue in Redis: calls fail fast while it is away, workers wait for it.
 *
 * @throws AppError QUEUE_UNAVAILABLE when Redis cannot be reached, CONFIG_INVALID when it may evict keys
 */
export async function openRedisQueue({ url, ...options }: RedisQueueOptions): Promise<JobQueue> {
  const producer = new Redis(url, {
    ...reconnecting,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  });
  const consumer = new Redis(url, { ...reconnecting, lazyConnect: true, maxRetriesPerRequest: null });
  const close = async () => {
    producer.disconnect();
    consumer.disconnect();
  };
  for (const client of [producer, consumer]) client.on('error', (error) => options.onError(error));
  try {
    await producer.connect();
    await refuseEviction(producer);
    await consumer.connect();
  } catch (cause) {
    await close();
    if (cause instanceof AppError) throw cause;
    throw queueUnavailable('The Redis server of the queue cannot be used: check REDIS_URL.', cause);
  }
  const queue = new BullMqJobQueue(
    { driver: 'redis', createBackend: createRedisBackend, producer, consumer, close },
    options,
  );
  await queue.ready();
  return queue;
}

const reconnecting = {
  connectTimeout: 2_000,
  retryStrategy: (attempt: number) => Math.min(attempt * 100, 2_000),
};

/** A full Redis that evicts would drop single keys of a queue, which is worse than losing all of it. */
async function refuseEviction(redis: Redis): Promise<void> {
  const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1];
  if (policy === undefined || policy === 'noeviction') return;
  throw new AppError(
    'CONFIG_INVALID',
    `Redis may evict the queue (maxmemory-policy ${policy}): set maxmemory-policy noeviction, or use another Redis.`,
  );
}
