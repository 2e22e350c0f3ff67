import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { openDoor } from '../../../../test/support/door.ts';
import { ownRedis, redisUrl } from '../../../../test/support/servers.ts';
import { until } from '../../../../test/support/until.ts';
import { testJobQueue } from '../../job-queue.contract.ts';
import { openRedisQueue } from './redis-queue.ts';

testJobQueue('redis', async () => {
  const url = await redisUrl();
  const client = new Redis(url);
  const name = `test-${randomUUID()}`;
  const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1];
  return {
    engine: `Redis ${version}`,
    open: (onError) => openRedisQueue({ url, name, onError }),
    loseLock: async (id) => assert.equal(await client.del(`bull:${name}:${id}:lock`), 1),
    close: async () => client.disconnect(),
  };
});

test('calls fail within 2 s while Redis is away, and work again when it is back', async (t) => {
  const door = await openDoor(await redisUrl());
  const name = `test-${randomUUID()}`;
  const queue = await openRedisQueue({ url: door.url, name, onError: () => {} });
  t.after(async () => {
    await queue.close();
    await door.shut();
  });
  const taken = Promise.withResolvers<string>();
  await queue.consume(async (id) => taken.resolve(id), { concurrency: 1, lockDurationMs: 30_000 });
  await door.shut();
  const startedMs = performance.now();
  await assert.rejects(queue.add({ id: randomUUID(), priority: 1 }), { code: 'QUEUE_UNAVAILABLE' });
  assert.ok(performance.now() - startedMs < 2_500);
  await door.open();
  const id = randomUUID();
  await until(() => queue.add({ id, priority: 1 }));
  assert.equal(await taken.promise, id);
});

test('a Redis that was emptied under a waiting worker is a working queue', async (t) => {
  const url = await redisUrl();
  const client = new Redis(url);
  t.after(() => client.disconnect());
  const name = `test-${randomUUID()}`;
  const queue = await openRedisQueue({ url, name, onError: () => {} });
  t.after(() => queue.close());
  const taken: string[] = [];
  const two = Promise.withResolvers<void>();
  const handler = async (id: string) => {
    if (taken.push(id) === 2) two.resolve();
    // The whole queue is gone while this job is active.
    if (taken.length === 1) await client.del(...(await client.keys(`bull:${name}:*`)));
  };
  await queue.consume(handler, { concurrency: 1, lockDurationMs: 30_000 });
  await queue.add({ id: 'job lost', priority: 1 });
  await until(async () => assert.equal((await client.keys(`bull:${name}:*`)).length, 0));
  await queue.add({ id: 'job after', priority: 1 });
  await two.promise;
  assert.deepEqual(taken, ['job lost', 'job after']);
});

test('a Redis that evicts is refused', async () => {
  const url = await ownRedis(['--maxmemory-policy', 'allkeys-lru']);
  await assert.rejects(openRedisQueue({ url, onError: () => {} }), {
    code: 'CONFIG_INVALID',
    message: /maxmemory-policy allkeys-lru/,
  });
});

test('a Redis that is not there is said at once', async () => {
  const door = await openDoor(await redisUrl());
  await door.shut();
  await assert.rejects(openRedisQueue({ url: door.url, onError: () => {} }), { code: 'QUEUE_UNAVAILABLE' });
});
