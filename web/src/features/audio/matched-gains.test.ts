import { expect, test } from 'vitest';
import { factorOf, matchedGainsDb } from './matched-gains.ts';

test('the louder one is turned down to the quieter, and none is turned up', () => {
  expect(matchedGainsDb([-8, -14])).toEqual([-6, 0]);
  expect(matchedGainsDb([-14, -8])).toEqual([0, -6]);
  expect(matchedGainsDb([-10, -10])).toEqual([0, 0]);
});

test('silence is left alone, and pulls nothing down with it', () => {
  expect(matchedGainsDb([-8, null])).toEqual([0, 0]);
  expect(matchedGainsDb([null, null])).toEqual([0, 0]);
});

test('six decibels are about half, none is all', () => {
  expect(factorOf(0)).toBe(1);
  expect(factorOf(-20)).toBeCloseTo(0.1, 12);
});
