import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { judge, maxFailures } from './judge-failure.ts';

const { signal } = new AbortController();
const away = new AppError('STORAGE_UNAVAILABLE', 'The object store does not answer.');

test('an engine that is away costs a job none of its attempts, but not for ever', () => {
  for (const attempt of [1, 3, 100]) {
    const verdict = judge({ failures: maxFailures - 1, attempt }, away, signal);
    assert.equal(verdict.outcome, 'released');
  }
  assert.equal(judge({ failures: maxFailures - 1, attempt: 500 }, away, signal).outcome, 'failed');
});

test('a child that crashes costs one, and the last of them ends the job', () => {
  const crash = new AppError('WORKER_CRASHED', 'It fell.');
  const outcomes = [0, 1, 2].map((failures) => judge({ failures, attempt: failures + 1 }, crash, signal).outcome);
  assert.deepEqual(outcomes, ['retried', 'retried', 'failed']);
});
