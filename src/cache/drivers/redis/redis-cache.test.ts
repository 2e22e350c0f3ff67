import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { openDoor } from '../../../../test/support/door.ts';
import { redisUrl } from '../../../../test/support/servers.ts';
import { until } from '../../../../test/support/until.ts';
import { testCache } from '../../cache.contract.ts';
import type { Cache, CacheOptions } from '../../cache.ts';
import { openRedisCache } from './redis-cache.ts';

const roomy = { ttlMs: 60_000, maxBytes: 10_000_000 };

testCache('redis', async () => {
  const url = await redisUrl();
  const client = new Redis(url);
  const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1];
  client.disconnect();
  return { engine: `Redis ${version}`, open: (options) => ready(url, options), close: async () => {} };
});

test('a Redis that is away is a miss, soon, and no error', async () => {
  const door = await openDoor(await redisUrl());
  const cache = await ready(door.url, roomy);
  await cache.set('key', Buffer.from('value'));
  await door.shut();
  const startedMs = performance.now();
  assert.equal(await cache.get('key'), undefined);
  await cache.set('key', Buffer.from('other'));
  await cache.drop(['key']);
  assert.ok(performance.now() - startedMs < 1_000);
  await door.open();
  await until(async () => assert.equal(String(await cache.get('key')), 'value'));
  await cache.close();
  await door.shut();
});

test('a Redis that does not answer is a miss, and is left in peace then', async () => {
  const url = await redisUrl();
  const cache = await ready(url, roomy);
  await cache.set('key', Buffer.from('value'));
  const client = new Redis(url);
  await client.client('PAUSE', 1_500);
  const startedMs = performance.now();
  for (let time = 0; time < 20; time += 1) assert.equal(await cache.get('key'), undefined);
  // Asked each time, it would be twenty times 50 ms, and more on a busy machine.
  assert.ok(performance.now() - startedMs < 900);
  await until(async () => assert.equal(String(await cache.get('key')), 'value'));
  client.disconnect();
  await cache.close();
});

test('opens while Redis is away', async () => {
  const door = await openDoor(await redisUrl());
  await door.shut();
  const cache = openRedisCache({ ...roomy, url: door.url, prefix: `test-${randomUUID()}:` });
  assert.equal(await cache.get('key'), undefined);
  await cache.close();
});

/** With keys of its own, and connected: until then everything is a miss. */
async function ready(url: string, options: CacheOptions): Promise<Cache> {
  const cache = openRedisCache({ ...options, url, prefix: `test-${randomUUID()}:` });
  await until(async () => {
    await cache.set('connected', Buffer.alloc(0));
    assert.ok(await cache.get('connected'));
  });
  await cache.drop(['connected']);
  return cache;
}
