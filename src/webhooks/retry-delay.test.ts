import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { retryAfterMs, retryDelayMs } from './retry-delay.ts';

const hourMs = 3_600_000;

describe('when a delivery is tried again', () => {
  test('ten tries in three days and some hours, never two deliveries at the same moments', () => {
    const delays = (random: number) => Array.from({ length: 10 }, (_, n) => retryDelayMs(n + 1, 0, random));
    const [least, usual, most] = [delays(0), delays(0.5), delays(1)];
    assert.equal(usual.at(-1), undefined);
    const inHours = usual.slice(0, -1).reduce<number>((sum, each) => sum + (each ?? 0), 0) / hourMs;
    assert.ok(inHours > 72 && inHours < 84, `${inHours} hours`);
    for (const [n, each] of usual.slice(0, -1).entries()) {
      assert.ok((least[n] ?? 0) < (each ?? 0) && (each ?? 0) < (most[n] ?? 0));
    }
  });

  test('a receiver may ask for later, not for sooner, and not for more than a day', () => {
    assert.equal(retryDelayMs(1, 60_000, 0.5), 60_000);
    assert.equal(retryDelayMs(9, 60_000, 0.5), 24 * hourMs);
    assert.equal(retryDelayMs(1, 1_000 * hourMs, 0.5), 24 * hourMs);
  });

  test('what it asks for is seconds or a date (RFC 9110, section 10.2.3)', () => {
    const nowMs = Date.parse('2026-11-21T12:00:00Z');
    assert.equal(retryAfterMs('120', nowMs), 120_000);
    assert.equal(retryAfterMs('Sat, 21 Nov 2026 12:05:00 GMT', nowMs), 300_000);
    for (const nothing of [undefined, '', '-5', 'soon', 'Sat, 21 Nov 2026 11:00:00 GMT', '9'.repeat(400)]) {
      assert.equal(retryAfterMs(nothing, nowMs), 0, `${nothing}`);
    }
  });
});
