import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intersectionOverUnion, median, percentile } from './figures.ts';

test('percentiles are values that occurred', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  assert.equal(percentile(hundred, 0.5), 51);
  assert.equal(percentile(hundred, 0.95), 96);
  assert.equal(percentile([7], 0.95), 7);
});

test('the median of an even number is between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([3, 1, 2]), 2);
});

test('intersection over union', () => {
  assert.equal(intersectionOverUnion(Uint8Array.of(255, 200, 0, 0), Uint8Array.of(255, 0, 128, 127)), 1 / 3);
  assert.equal(intersectionOverUnion(Uint8Array.of(0, 127), Uint8Array.of(1, 2)), 1);
  assert.throws(() => intersectionOverUnion(Uint8Array.of(0), Uint8Array.of(1, 2)), RangeError);
});
