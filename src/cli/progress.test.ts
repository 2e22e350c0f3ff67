import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barText, duration, perMinute } from './progress.ts';

test('the bar says how far, how fast and how long still', () => {
  assert.equal(barText(0, 4, 0), '[------------------------] 0/4');
  assert.equal(barText(10, 40, 12), '[######------------------] 10/40  50 per minute, about 36 s left');
  assert.equal(barText(3.5, 4, 70), '[#####################---] 3/4  3.0 per minute, about 10 s left');
  assert.equal(barText(4, 4, 4), '[########################] 4/4  60 per minute, about 0 s left');
});

test('times are in words', () => {
  assert.equal(duration(0.2), '1 s');
  assert.equal(duration(59.5), '1 min 0 s');
  assert.equal(duration(3725), '1 h 2 min');
  assert.equal(perMinute(1, 90), '0.7');
});
