import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '#kernel/errors.ts';
import { grouped, groupedBy } from './grouped.ts';

test('what comes while one call runs goes together, and everybody gets their own answer', async () => {
  const groups: number[][] = [];
  const double = grouped(async (items: readonly number[]) => {
    groups.push([...items]);
    await nextTurn();
    return items.map((item) => 2 * item);
  }, 3);
  assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map(double)), [2, 4, 6, 8, 10]);
  assert.equal(await double(6), 12);
  assert.deepEqual(groups, [[1], [2, 3, 4], [5], [6]]);
});

test('one bad item spoils it for nobody else', async () => {
  const half = grouped(async (items: readonly number[]) => {
    await nextTurn();
    if (items.some((item) => item % 2 === 1)) throw new Error('odd');
    return items.map((item) => item / 2);
  });
  const answers = await Promise.allSettled([2, 4, 5, 6].map(half));
  assert.deepEqual(
    answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.message)),
    [1, 2, 'odd', 3],
  );
});

test('calls with different keys never meet, and one lane does not hold up another', async () => {
  const groups: string[] = [];
  const firstHeld = Promise.withResolvers<void>();
  const call = groupedBy(
    (item: string) => item.slice(0, 1),
    async (key, items) => {
      groups.push(`${key}: ${items.join(' ')}`);
      if (key === 'a') await firstHeld.promise;
      else await nextTurn();
      if (items.includes('b2') && items.length > 1) throw new Error('not together');
      return items.map((item) => item.toUpperCase());
    },
  );
  const slow = [call('a1'), call('a2'), call('a3')];
  assert.deepEqual(await Promise.all([call('b1'), call('b2'), call('b3')]), ['B1', 'B2', 'B3']);
  firstHeld.resolve();
  assert.deepEqual(await Promise.all(slow), ['A1', 'A2', 'A3']);
  assert.deepEqual(groups, ['a: a1', 'b: b1', 'b: b2 b3', 'b: b2', 'b: b3', 'a: a2 a3']);
});

test('an engine that is away is asked once for all of them', async () => {
  let asked = 0;
  const away = grouped(async (_items: readonly number[]): Promise<number[]> => {
    asked += 1;
    await nextTurn();
    throw new AppError('DATABASE_UNAVAILABLE', 'away');
  });
  const answers = await Promise.allSettled([1, 2, 3].map(away));
  assert.ok(answers.every((answer) => answer.status === 'rejected'));
  assert.equal(asked, 2);
});
