import { expect, test } from 'vitest';
import { seekTarget } from './use-seek.ts';

const at = { timeSeconds: 60, durationSeconds: 200 };

test('arrows step, pages leap, and the ends are a key each', () => {
  expect(seekTarget('ArrowLeft', at)).toBe(55);
  expect(seekTarget('ArrowUp', at)).toBe(65);
  expect(seekTarget('PageUp', at)).toBe(90);
  expect(seekTarget('Home', at)).toBe(0);
  expect(seekTarget('End', at)).toBe(200);
  expect(seekTarget('a', at)).toBeUndefined();
});
