import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { ownRedis, redisUrl } from '../../../../test/support/servers.ts';
import { testFanOut, testLinkedFanOut } from '../../fan-out.contract.ts';
import { openRedisFanOut } from './redis-fan-out.ts';

testFanOut('redis', async () => {
  const url = await redisUrl();
  const prefix = `test-${randomUUID()}`;
  const client = new Redis(url);
  const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1];
  client.disconnect();
  return { engine: `Redis ${version}`, open: () => openRedisFanOut({ url, prefix }), close: async () => {} };
});

testLinkedFanOut('redis', async () => {
  // Its own: all that subscribe to a shared one would be cut off.
  const url = await ownRedis();
  const client = new Redis(url);
  return {
    serverUrl: url,
    open: (through) => openRedisFanOut({ url: through }),
    cutListeners: async () => {
      await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    },
    close: async () => client.disconnect(),
  };
});

test('a Redis that evicts is refused', async () => {
  const url = await ownRedis(['--maxmemory-policy', 'allkeys-lru']);
  await assert.rejects(openRedisFanOut({ url }), { code: 'CONFIG_INVALID', message: /maxmemory-policy allkeys-lru/ });
});

test('a Redis that is set to evict later is found out', async (t) => {
  const url = await ownRedis();
  const fanOut = await openRedisFanOut({ url });
  const client = new Redis(url);
  t.after(async () => {
    client.disconnect();
    await fanOut.close();
  });
  await fanOut.check();
  await client.config('SET', 'maxmemory-policy', 'volatile-lru');
  await assert.rejects(fanOut.check(), { code: 'CONFIG_INVALID', message: /maxmemory-policy volatile-lru/ });
  await client.config('SET', 'maxmemory-policy', 'noeviction');
  await fanOut.check();
});
