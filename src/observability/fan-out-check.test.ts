import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { fanOutCheck } from './checks.ts';
import { createHealth } from './health.ts';

function failing(code: ErrorCode) {
  const check = () => Promise.reject(new AppError(code, 'what is wrong, and what to do'));
  return createHealth([fanOutCheck({ ...memoryFanOut(), check })]);
}

test('a way to other processes that is away costs time, no traffic', async () => {
  const health = failing('FAN_OUT_UNAVAILABLE');
  assert.equal((await health.report()).checks['fanOut']?.status, 'degraded');
  assert.deepEqual(await health.notReady(), []);
});

test('one that is set up wrongly gets no traffic, and says why', async () => {
  assert.deepEqual(await failing('CONFIG_INVALID').notReady(), ['fanOut: what is wrong, and what to do']);
});
