import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highest, mean, meanPower, reduceSeries } from './reduce-series.ts';

const none = Number.NEGATIVE_INFINITY;

test('steps are put together by their highest value, the shorter last group too', () => {
  assert.deepEqual(reduceSeries(Float32Array.of(none, none, -3, -9, -2), 2, highest), [none, -3, -2]);
  assert.deepEqual(reduceSeries(Float32Array.of(), 3, highest), []);
});

test('a mean leaves out what is not known', () => {
  assert.deepEqual(reduceSeries(Float32Array.of(1, Number.NaN, 0.5, 0.25), 2, mean), [1, 0.375]);
  assert.ok(Number.isNaN(mean(Float32Array.of(Number.NaN))));
});

test('levels are averaged as powers', () => {
  // Half the power of one step is 3.01 dB less.
  assert.ok(Math.abs(meanPower(Float32Array.of(-10, none)) + 13.0103) < 1e-4);
  assert.equal(meanPower(Float32Array.of(none, none)), none);
});
