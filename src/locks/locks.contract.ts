import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#kernel/ids.ts';
import { reportContract } from '../../test/support/contracts.ts';
import type { Locks } from './locks.ts';

export interface LocksSetUp {
  /** What is behind the driver: `Redis 7.0.15`. */
  readonly engine: string;
  /** As another process would open them; the same object where there is only one process. */
  open(leaseMs: number): Promise<Locks>;
  /** Loses every lease; undefined where they cannot be lost. */
  readonly forget: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

const leaseMs = 600;

/** What every driver must do. */
export function testLocks(driver: string, make: () => Promise<LocksSetUp>): void {
  describe(`locks contract: ${driver}`, () => {
    let setUp: LocksSetUp;
    let one: Locks;
    let two: Locks;
    before(async () => {
      setUp = await make();
      [one, two] = [await setUp.open(leaseMs), await setUp.open(leaseMs)];
    });
    after(async () => {
      reportContract('locks', driver, setUp.engine);
      await Promise.all([...new Set([one, two])].map((locks) => locks.close()));
      await setUp.close();
    });

    test('one holds a name, others hold other names', async () => {
      const [name, other] = [newId(), newId()];
      const lock = await one.acquire(name, {});
      await assert.rejects(two.acquire(name, { waitMs: 50 }), { code: 'UPLOAD_LOCKED' });
      await (await two.acquire(other, { waitMs: 0 })).release();
      await lock.release();
      await (await two.acquire(name, { waitMs: 1_000 })).release();
    });

    test('a holder hears that somebody waits, and the one who waits gets it', async () => {
      const name = newId();
      const first = await one.acquire(name, { onWanted: () => void first.release() });
      const second = await two.acquire(name, { onWanted: () => void second.release() });
      await (await one.acquire(name, {})).release();
    });

    test('of many that want it at once, one at a time has it', async () => {
      const name = newId();
      let holders = 0;
      let most = 0;
      const turns = Array.from({ length: 12 }, async (_, at) => {
        const lock = await (at % 2 === 0 ? one : two).acquire(name, { waitMs: 30_000 });
        most = Math.max(most, ++holders);
        await delay(5);
        holders--;
        await lock.release();
      });
      await Promise.all(turns);
      assert.equal(most, 1);
    });

    test('a lock is held for longer than its lease', async () => {
      const name = newId();
      let asked = 0;
      const lock = await one.acquire(name, { onWanted: () => void asked++ });
      await assert.rejects(two.acquire(name, { waitMs: 3 * leaseMs }), { code: 'UPLOAD_LOCKED' });
      assert.ok(asked > 0);
      await lock.release();
    });

    test('who gives up waiting is not given it', async () => {
      const name = newId();
      const lock = await one.acquire(name, {});
      const reason = new Error('gone');
      const giveUp = new AbortController();
      const waiting = assert.rejects(two.acquire(name, { signal: giveUp.signal }), reason);
      giveUp.abort(reason);
      await waiting;
      await lock.release();
      await (await one.acquire(name, { waitMs: 0 })).release();
    });

    test('releasing twice does not end what another holds', async () => {
      const name = newId();
      const first = await one.acquire(name, {});
      await first.release();
      const second = await two.acquire(name, {});
      await first.release();
      await assert.rejects(one.acquire(name, { waitMs: 50 }), { code: 'UPLOAD_LOCKED' });
      await second.release();
    });

    test('a lease that was lost is taken again, or its holder told to end', async (t) => {
      const { forget } = setUp;
      if (forget === undefined) return t.diagnostic('this driver cannot lose one');
      const [kept, lost] = [newId(), newId()];
      const told = Promise.withResolvers<void>();
      const keeper = await one.acquire(kept, {});
      const loser = await one.acquire(lost, { onWanted: told.resolve });
      await forget();
      const winner = await two.acquire(lost, {});
      await told.promise;
      await delay(leaseMs);
      await assert.rejects(two.acquire(kept, { waitMs: 50 }), { code: 'UPLOAD_LOCKED' });
      for (const lock of [keeper, loser, winner]) await lock.release();
    });
  });
}
