import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { openRedisFanOut } from '#events/drivers/redis/redis-fan-out.ts';
import { newId } from '#kernel/ids.ts';
import { openDoor } from '../../../../test/support/door.ts';
import { ownRedis } from '../../../../test/support/servers.ts';
import { testLocks } from '../../locks.contract.ts';
import { openRedisLocks } from './redis-locks.ts';

testLocks('redis', async () => {
  // Its own: it is emptied.
  const url = await ownRedis();
  const client = new Redis(url);
  const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1];
  const fanOuts: AsyncDisposableStack = new AsyncDisposableStack();
  return {
    engine: `Redis ${version}`,
    async open(leaseMs) {
      const fanOut = await openRedisFanOut({ url });
      fanOuts.defer(() => fanOut.close());
      return openRedisLocks({ url, fanOut, leaseMs });
    },
    forget: async () => {
      await client.flushall();
    },
    async close() {
      await fanOuts.disposeAsync();
      client.disconnect();
    },
  };
});

test('without Redis nobody gets a lock, and hears so soon', async (t) => {
  const door = await openDoor(await ownRedis());
  const fanOut = memoryFanOut();
  const locks = await openRedisLocks({ url: door.url, fanOut });
  t.after(() => Promise.all([locks.close(), door.shut()]));
  const held = await locks.acquire(newId(), {});
  await door.shut();
  await assert.rejects(locks.acquire(newId(), {}), { code: 'LOCKS_UNAVAILABLE' });
  await held.release();
  await assert.rejects(openRedisLocks({ url: door.url, fanOut }), { code: 'LOCKS_UNAVAILABLE' });
});
