import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { memoryRateLimiter } from './drivers/memory/memory-rate-limiter.ts';
import { gathered } from './gathered.ts';
import type { RateLimiter } from './rate-limiter.ts';

function slow(): { limiter: RateLimiter; questions: string[] } {
  const memory = memoryRateLimiter();
  const questions: string[] = [];
  return {
    questions,
    limiter: {
      ...memory,
      async add(key, points, windowSeconds) {
        questions.push(key);
        await delay(20);
        if (key === 'broken') throw new Error('gone');
        return await memory.add(key, points, windowSeconds);
      },
    },
  };
}

test('a thousand at once are two questions, and each is told its own place', async () => {
  const { limiter, questions } = slow();
  const counts = gathered(limiter);
  const used = (await Promise.all(Array.from({ length: 1_000 }, () => counts.add('one', 1, 60)))).map((c) => c.used);
  assert.deepEqual(
    used,
    Array.from({ length: 1_000 }, (_, at) => at + 1),
  );
  assert.deepEqual(questions, ['one', 'one']);
});

test('keys do not wait for each other, and points of any size add up', async () => {
  const { limiter, questions } = slow();
  const counts = gathered(limiter);
  const all = [counts.add('a', 2, 60), counts.add('b', 1, 60), counts.add('a', 3, 60), counts.add('a', -1, 60)];
  assert.deepEqual(questions, ['a', 'b']);
  assert.deepEqual(
    (await Promise.all(all)).map(({ used }) => used),
    [2, 1, 5, 4],
  );
});

test('who cannot be counted hears it, and the next are asked for again', async () => {
  const { limiter, questions } = slow();
  const counts = gathered(limiter);
  const all = await Promise.allSettled([counts.add('broken', 1, 60), counts.add('broken', 1, 60)]);
  assert.deepEqual(
    all.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  await assert.rejects(counts.add('broken', 1, 60), /gone/);
  assert.equal(questions.length, 3);
});
