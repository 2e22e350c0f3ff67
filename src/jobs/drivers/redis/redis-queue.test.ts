import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { redisUrl } from '../../../../test/support/servers.ts';
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
