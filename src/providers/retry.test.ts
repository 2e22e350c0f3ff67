import assert from 'node:assert/strict';
import { it } from 'node:test';
import { backoffMs, retryAfterMs } from './retry.ts';

it('waits below a limit that doubles up to its end', () => {
  const backoff = { baseMs: 100, maxMs: 1_000 };
  const limits = [0, 1, 2, 3, 4, 40].map((attempt) => backoffMs(backoff, attempt, 0.999_999) + 1);
  assert.deepEqual(limits, [100, 200, 400, 800, 1_000, 1_000]);
  assert.equal(backoffMs(backoff, 5, 0), 0);
  assert.equal(backoffMs(backoff, 1, 0.5), 100);
});

it('reads Retry-After as seconds and as a date', () => {
  const nowMs = Date.UTC(2026, 0, 1, 12, 0, 0);
  assert.equal(retryAfterMs('3', nowMs), 3_000);
  assert.equal(retryAfterMs('Thu, 01 Jan 2026 12:00:07 GMT', nowMs), 7_000);
  assert.equal(retryAfterMs('Thu, 01 Jan 2026 11:00:00 GMT', nowMs), 0);
  for (const unclear of [null, '', '-1', '1.5', 'soon', '2026-01-01']) {
    assert.equal(retryAfterMs(unclear, nowMs), undefined, String(unclear));
  }
});
