import { expect, test } from 'vitest';
import { nextPaceMs } from './live-jobs.ts';

test('it looks again soon after a change, and more and more rarely without one', () => {
  expect(nextPaceMs(5_000, true)).toBe(400);
  let ms = 400;
  const paces = Array.from({ length: 12 }, () => {
    ms = nextPaceMs(ms, false);
    return ms;
  });
  expect(paces).toEqual([...paces].sort((a, b) => a - b));
  expect(paces[0]).toBe(600);
  expect(paces.at(-1)).toBe(5_000);
});
