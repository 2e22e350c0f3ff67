import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#kernel/ids.ts';
import { reportContract } from '../../test/support/contracts.ts';
import { until } from '../../test/support/until.ts';
import type { RateLimiter } from './rate-limiter.ts';

export interface RateLimiterSetUp {
  /** What is behind the driver: `Redis 7.0.15`. */
  readonly engine: string;
  /** As another process would open it; the same object where there is only one process. */
  open(): Promise<RateLimiter>;
  close(): Promise<void>;
}

/** What every driver must do. */
export function testRateLimiter(driver: string, make: () => Promise<RateLimiterSetUp>): void {
  describe(`rate-limiter contract: ${driver}`, () => {
    let setUp: RateLimiterSetUp;
    let one: RateLimiter;
    let two: RateLimiter;
    before(async () => {
      setUp = await make();
      [one, two] = [await setUp.open(), await setUp.open()];
    });
    after(async () => {
      reportContract('rate-limiter', driver, setUp.engine);
      await Promise.all([...new Set([one, two])].map((limiter) => limiter.close()));
      await setUp.close();
    });

    test('adds up what a key has used, apart from other keys', async () => {
      const [key, other] = [newId(), newId()];
      assert.equal((await one.add(key, 1, 60)).used, 1);
      assert.equal((await one.add(key, 4, 60)).used, 5);
      assert.equal((await one.add(other, 1, 60)).used, 1);
      assert.equal((await one.add(key, -2, 60)).used, 3);
    });

    test('says when the window ends, which further use does not move', async () => {
      const key = newId();
      const first = await one.add(key, 1, 60);
      assert.ok(first.resetsInMs > 55_000 && first.resetsInMs <= 60_000, `${first.resetsInMs} ms`);
      await delay(50);
      const second = await one.add(key, 1, 3_600);
      assert.ok(second.resetsInMs < first.resetsInMs && second.resetsInMs > 50_000, `${second.resetsInMs} ms`);
    });

    test('counts anew when a window has ended', async () => {
      const key = newId();
      await one.add(key, 7, 1);
      await until(async () => assert.ok((await one.add(key, 1, 1)).used < 8));
    });

    test('of uses from several processes at once none is lost, and none counted twice', async () => {
      const key = newId();
      const counts = await Promise.all(
        Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? one : two).add(key, 1, 60)),
      );
      const used = counts.map((count) => count.used).sort((a, b) => a - b);
      assert.deepEqual(
        used,
        Array.from({ length: 100 }, (_, at) => at + 1),
      );
    });

    test('holds a key at what it has used, for longer than its window', async () => {
      const key = newId();
      await one.add(key, 3, 1);
      await one.hold(key, 50, 60);
      await delay(1_200);
      const count = await two.add(key, 1, 1);
      assert.equal(count.used, 51);
      assert.ok(count.resetsInMs > 50_000, `${count.resetsInMs} ms`);
    });

    test('forgets a key', async () => {
      const key = newId();
      await one.add(key, 3, 60);
      await two.forget(key);
      await two.forget(key);
      assert.equal((await one.add(key, 1, 60)).used, 1);
    });

    test('takes any text for a key', async () => {
      for (const key of [`${newId()} %_'"\\ é`, `${newId()}${'x'.repeat(160)}`]) {
        await one.add(key, 1, 60);
        assert.equal((await two.add(key, 1, 60)).used, 2);
      }
    });
  });
}
