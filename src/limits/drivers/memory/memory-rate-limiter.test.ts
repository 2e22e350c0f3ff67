import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testRateLimiter } from '../../rate-limiter.contract.ts';
import { memoryRateLimiter } from './memory-rate-limiter.ts';

testRateLimiter('memory', async () => {
  const limiter = memoryRateLimiter();
  return { engine: 'this process', open: async () => limiter, close: async () => {} };
});

test('no more keys are kept than it may: what has been counted for longest goes first', async () => {
  const limiter = memoryRateLimiter(3);
  await limiter.add('a', 1, 60);
  await limiter.add('b', 1, 60);
  await limiter.add('a', 1, 60);
  await limiter.add('c', 1, 60);
  await limiter.add('d', 1, 60);
  assert.equal((await limiter.add('d', 1, 60)).used, 2);
  assert.equal((await limiter.add('b', 1, 60)).used, 2);
  assert.equal((await limiter.add('a', 1, 60)).used, 1, 'its window was the oldest');
  await limiter.close();
});

test('ever new addresses take no more memory than those that are kept', async () => {
  const limiter = memoryRateLimiter(1_000);
  const grownBy = async (keys: number, from: number): Promise<number> => {
    const before = process.memoryUsage().heapUsed;
    for (let at = from; at < from + keys; at += 1) await limiter.add(`address ${at}`, 1, 60);
    return process.memoryUsage().heapUsed - before;
  };
  await grownBy(10_000, 0);
  // Kept whole, these would be 100 MB.
  assert.ok((await grownBy(200_000, 10_000)) < 50e6);
  await limiter.close();
});
