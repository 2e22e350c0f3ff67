import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { newId } from '#kernel/ids.ts';
import { openDoor } from '../../../../test/support/door.ts';
import { redisUrl } from '../../../../test/support/servers.ts';
import { until } from '../../../../test/support/until.ts';
import { testRateLimiter } from '../../rate-limiter.contract.ts';
import type { RateLimiter } from '../../rate-limiter.ts';
import { openRedisRateLimiter } from './redis-rate-limiter.ts';

testRateLimiter('redis', async () => {
  const url = await redisUrl();
  const client = new Redis(url);
  const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1];
  client.disconnect();
  return { engine: `Redis ${version}`, open: () => ready(url), close: async () => {} };
});

test('a Redis that is away is said, at once, until it is back', async () => {
  const door = await openDoor(await redisUrl());
  const limiter = await ready(door.url);
  const key = newId();
  await limiter.add(key, 1, 60);
  await door.shut();
  await assert.rejects(limiter.add(key, 1, 60), { code: 'LIMITS_UNAVAILABLE' });
  await assert.rejects(limiter.hold(key, 1, 60), { code: 'LIMITS_UNAVAILABLE' });
  await assert.rejects(limiter.forget(key), { code: 'LIMITS_UNAVAILABLE' });
  await door.open();
  await until(async () => assert.ok((await limiter.add(key, 1, 60)).used > 1));
  await limiter.close();
  await door.shut();
});

test('a Redis that does not answer is waited for once, and left in peace then', async () => {
  const url = await redisUrl();
  const limiter = await ready(url);
  const client = new Redis(url);
  await client.client('PAUSE', 2_500);
  const startedMs = performance.now();
  for (let time = 0; time < 20; time += 1) {
    await assert.rejects(limiter.add(newId(), 1, 60), { code: 'LIMITS_UNAVAILABLE' });
  }
  // Waited for each time, it would be twenty seconds.
  assert.ok(performance.now() - startedMs < 10_000);
  client.disconnect();
  await limiter.close();
});

async function ready(url: string): Promise<RateLimiter> {
  const limiter = openRedisRateLimiter({ url, prefix: 'test-limits' });
  await until(async () => void (await limiter.add(newId(), 1, 1)));
  return limiter;
}
