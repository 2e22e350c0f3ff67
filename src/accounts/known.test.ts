import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKnown } from './known.ts';

/** What can be asked for, and how often it was. */
function source(ttlMs = 60_000) {
  const there = new Map<string, number>();
  const asked: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  const known = createKnown<number>({
    ask: async (key) => {
      asked.push(key);
      const value = there.get(key);
      await gate;
      return value;
    },
    ttlMs,
    maxEntries: 3,
    maxMissing: 2,
  });
  /** From now on answers wait until what is returned is called. */
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    return resolve;
  };
  return { there, asked, known, hold };
}

test('what is known is not asked for again, whether it is there or not', async () => {
  const { there, asked, known } = source();
  there.set('a', 1);
  for (let time = 0; time < 3; time += 1) {
    assert.equal(await known.get('a'), 1);
    assert.equal(await known.get('b'), undefined);
  }
  assert.deepEqual(asked, ['a', 'b']);
});

test('many at once are one question', async () => {
  const { there, asked, known, hold } = source();
  there.set('a', 1);
  const open = hold();
  const answers = Promise.all([1, 2, 3].map(() => known.get('a')));
  open();
  assert.deepEqual(await answers, [1, 1, 1]);
  assert.deepEqual(asked, ['a']);
});

test('what is forgotten is asked for again, the rest is not', async () => {
  const { there, asked, known } = source();
  there.set('a', 1).set('b', 2);
  await Promise.all([known.get('a'), known.get('b'), known.get('new')]);
  there.set('a', 3).set('new', 4);
  known.forget((key, value) => key === 'a' && value === 1);
  assert.deepEqual(await Promise.all([known.get('a'), known.get('b'), known.get('new')]), [3, 2, 4]);
  assert.deepEqual(asked, ['a', 'b', 'new', 'a', 'new']);
  known.forget();
  await known.get('b');
  assert.equal(asked.at(-1), 'b');
});

test('an answer that was on its way when it ceased to hold is not kept', async () => {
  const { there, asked, known, hold } = source();
  there.set('a', 1);
  const open = hold();
  const early = known.get('a');
  there.set('a', 2);
  known.forget((key) => key === 'a');
  const late = known.get('a');
  open();
  assert.deepEqual([await early, await late, await known.get('a')], [1, 2, 2]);
  assert.deepEqual(asked, ['a', 'a']);
});

test('a question that fails is asked again', async () => {
  let times = 0;
  const ask = async () => {
    times += 1;
    if (times === 1) throw new Error('away');
    return times;
  };
  const known = createKnown<number>({ ask, ttlMs: 60_000, maxEntries: 1, maxMissing: 1 });
  await assert.rejects(known.get('a'), /away/);
  assert.equal(await known.get('a'), 2);
});

test('nothing is known for longer than said', async () => {
  const { there, asked, known } = source(0);
  there.set('a', 1);
  await known.get('a');
  await known.get('a');
  assert.deepEqual(asked, ['a', 'a']);
});

test('no more is kept than may be, and guesses do not push out what is there', async () => {
  const { there, asked, known } = source();
  for (const key of ['a', 'b', 'c']) await known.get(there.set(key, 1) && key);
  for (let at = 0; at < 100; at += 1) await known.get(`guess ${at}`);
  asked.length = 0;
  for (const key of ['a', 'b', 'c', 'guess 99', 'guess 98']) await known.get(key);
  assert.deepEqual(asked, []);
  await known.get('guess 97');
  await known.get(there.set('d', 1) && 'd');
  await known.get('a');
  assert.deepEqual(asked, ['guess 97', 'd', 'a']);
});
