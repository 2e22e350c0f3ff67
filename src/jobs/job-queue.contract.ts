import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { reportContract } from '../../test/support/contracts.ts';
import { type ConsumeOptions, type JobQueue, type QueueHandler, RetryLater } from './job-queue.ts';

/** One empty queue on a real engine. */
export interface QueueUnderTest {
  /** `Redis 7.0.15` */
  readonly engine: string;
  /** Another view of the same queue, as another process would have it; the contract closes it. */
  open(onError: (error: unknown, jobId?: string) => void): Promise<JobQueue>;
  /** Takes the lock from whoever works on this job, as its expiry does. */
  loseLock(id: string): Promise<void>;
  close(): Promise<void>;
}

const lockDurationMs = 1_000;
const slack = { timeout: 30_000 };

/** What every queue driver must do. */
export function testJobQueue(driver: string, make: () => Promise<QueueUnderTest>): void {
  describe(`job queue contract: ${driver}`, () => {
    let engine: QueueUnderTest;
    let queue: JobQueue;
    let other: JobQueue;
    let gates: PromiseWithResolvers<void>[];
    let errors: { error: unknown; jobId: string | undefined }[];
    before(async () => {
      engine = await make();
    });
    beforeEach(async () => {
      [errors, gates] = [[], []];
      const onError = (error: unknown, jobId?: string) => errors.push({ error, jobId });
      [queue, other] = [await engine.open(onError), await engine.open(onError)];
    });
    afterEach(async () => {
      for (const gate of gates) gate.resolve();
      await queue.clear();
      await Promise.all([queue.close(), other.close()]);
    });
    after(async () => {
      await engine.close();
      reportContract('job-queue', driver, engine.engine);
    });

    /** What handlers wait at; a test that fails before it opens does not keep them there. */
    function newGate(): PromiseWithResolvers<void> {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate;
    }

    /** Consumes until the test ends, and remembers what came. */
    async function record(
      t: TestContext,
      options: Partial<ConsumeOptions> & { from?: JobQueue; handler?: QueueHandler },
    ) {
      const { from = queue, handler = async () => {}, ...rest } = options;
      const seen: { id: string; atMs: number }[] = [];
      const arrivals = new EventTarget();
      const consumer = await from.consume(
        async (id, signal) => {
          seen.push({ id, atMs: Date.now() });
          arrivals.dispatchEvent(new Event('job'));
          await handler(id, signal);
        },
        { concurrency: 1, lockDurationMs, ...rest },
      );
      t.after(() => consumer.close());
      const taken = async (count: number) => {
        while (seen.length < count) await once(arrivals, 'job');
        return seen.slice(0, count).map(({ id }) => id);
      };
      return { consumer, seen, taken };
    }

    test('says which driver it is', () => {
      assert.equal(queue.driver, driver);
    });

    test('hands a job out once, and forgets it', slack, async (t) => {
      const { consumer, seen, taken } = await record(t, {});
      await queue.add({ id: 'a', priority: 1 });
      await taken(1);
      await consumer.close();
      assert.deepEqual(await queue.counts(), { waiting: 0, delayed: 0, active: 0 });
      await queue.add({ id: 'a', priority: 1 });
      assert.equal((await queue.counts()).waiting, 1);
      assert.equal(seen.length, 1);
    });

    test('lower priority numbers first, equal ones in their order', slack, async (t) => {
      await queue.add({ id: 'late', priority: 9 });
      await queue.add({ id: 'first', priority: 1 });
      await queue.addMany([
        { id: 'middle 1', priority: 5 },
        { id: 'middle 2', priority: 5 },
        { id: 'second', priority: 1 },
      ]);
      const { taken } = await record(t, {});
      assert.deepEqual(await taken(5), ['first', 'second', 'middle 1', 'middle 2', 'late']);
    });

    test('a delayed job waits for its time', slack, async (t) => {
      const { seen, taken } = await record(t, {});
      const addedMs = Date.now();
      await queue.add({ id: 'later', priority: 1, delayMs: 400 });
      assert.equal((await queue.counts()).delayed, 1);
      await queue.add({ id: 'now', priority: 1 });
      assert.deepEqual(await taken(2), ['now', 'later']);
      assert.ok((seen[1]?.atMs ?? 0) - addedMs >= 400);
    });

    test('RetryLater brings the same job again, not before its time', slack, async (t) => {
      let refusals = 2;
      const handler = async (id: string) => {
        if (id === 'again' && refusals-- > 0) throw new RetryLater(300);
      };
      const { seen, taken } = await record(t, { handler });
      await queue.add({ id: 'again', priority: 3 });
      await taken(1);
      await queue.add({ id: 'other', priority: 9 });
      assert.deepEqual(await taken(4), ['again', 'other', 'again', 'again']);
      const [first, second, third] = seen.filter(({ id }) => id === 'again').map(({ atMs }) => atMs);
      assert.ok((second ?? 0) - (first ?? 0) >= 300);
      assert.ok((third ?? 0) - (second ?? 0) >= 300);
      assert.deepEqual(errors, []);
    });

    test('any other error counts as handled, and is told', slack, async (t) => {
      const failure = new Error('a mistake of the handler');
      const handler = async (id: string) => {
        if (id === 'bad') throw failure;
      };
      const { consumer, taken } = await record(t, { handler });
      await queue.addMany([
        { id: 'bad', priority: 1 },
        { id: 'good', priority: 2 },
      ]);
      assert.deepEqual(await taken(2), ['bad', 'good']);
      await consumer.close();
      assert.deepEqual(errors, [{ error: failure, jobId: 'bad' }]);
      assert.deepEqual(await queue.counts(), { waiting: 0, delayed: 0, active: 0 });
    });

    test('adding what is waiting, delayed or active does nothing', slack, async (t) => {
      const gate = newGate();
      const { consumer, seen, taken } = await record(t, { handler: () => gate.promise });
      await queue.add({ id: 'job active', priority: 1 });
      await taken(1);
      await queue.add({ id: 'job waiting', priority: 5 });
      await queue.add({ id: 'job delayed', priority: 5, delayMs: 60_000 });
      const before = await queue.counts();
      for (const id of ['job active', 'job waiting', 'job delayed']) {
        await queue.add({ id, priority: 1 });
        await other.addMany([{ id, priority: 1 }]);
      }
      assert.deepEqual(await queue.counts(), before);
      assert.deepEqual(before, { waiting: 1, delayed: 1, active: 1 });
      gate.resolve();
      await taken(2);
      await consumer.close();
      assert.deepEqual(
        seen.map(({ id }) => id),
        ['job active', 'job waiting'],
      );
    });

    test('remove takes out what waits, and nothing else', slack, async (t) => {
      const gate = newGate();
      const { taken, consumer, seen } = await record(t, { handler: () => gate.promise });
      await queue.add({ id: 'job active', priority: 1 });
      await taken(1);
      await queue.add({ id: 'job waiting', priority: 1 });
      await queue.add({ id: 'job delayed', priority: 1, delayMs: 60_000 });
      assert.equal(await queue.remove('job waiting'), true);
      assert.equal(await queue.remove('job delayed'), true);
      assert.equal(await queue.remove('job active'), false);
      assert.equal(await queue.remove('unknown'), false);
      assert.deepEqual(await queue.counts(), { waiting: 0, delayed: 0, active: 1 });
      gate.resolve();
      await consumer.close();
      assert.equal(seen.length, 1);
    });

    test('pause holds the jobs back for every worker, resume lets them go', slack, async (t) => {
      const mine = await record(t, {});
      const theirs = await record(t, { from: other });
      await queue.pause();
      await other.addMany(Array.from({ length: 6 }, (_, at) => ({ id: `job ${at}`, priority: 1 })));
      await queue.add({ id: 'job delayed', priority: 1, delayMs: 2_000 });
      const passed = await record(t, { from: queue }); // a worker that comes while it is paused
      assert.equal((await queue.counts()).waiting, 6);
      assert.equal(mine.seen.length + theirs.seen.length + passed.seen.length, 0);
      await other.resume();
      const all = [mine, theirs, passed];
      while (all.reduce((sum, { seen }) => sum + seen.length, 0) < 7) {
        await Promise.race(all.map(({ taken, seen }) => taken(seen.length + 1)));
      }
    });

    test('500 jobs and two workers: each exactly once', slack, async (t) => {
      const running = new Set<string>();
      let overlaps = 0;
      let most = 0;
      const handler = async (id: string) => {
        if (running.has(id)) overlaps += 1;
        running.add(id);
        most = Math.max(most, running.size);
        await new Promise(setImmediate);
        running.delete(id);
      };
      const mine = await record(t, { concurrency: 4, handler });
      const theirs = await record(t, { concurrency: 4, handler, from: other });
      const ids = Array.from({ length: 500 }, (_, at) => `job ${at}`);
      const half = ids.slice(250).map((id) => ({ id, priority: 2 }));
      await Promise.all([other.addMany(half), ...ids.slice(0, 250).map((id) => queue.add({ id, priority: 1 }))]);
      while (mine.seen.length + theirs.seen.length < ids.length) {
        await Promise.race([mine.taken(mine.seen.length + 1), theirs.taken(theirs.seen.length + 1)]);
      }
      await Promise.all([mine.consumer.close(), theirs.consumer.close()]);
      const seen = [...mine.seen, ...theirs.seen].map(({ id }) => id);
      assert.deepEqual(seen.sort(), ids.sort());
      assert.equal(overlaps, 0);
      assert.ok(most <= 8, `${most} at once`);
      assert.ok(mine.seen.length > 0 && theirs.seen.length > 0);
      assert.deepEqual(await queue.counts(), { waiting: 0, delayed: 0, active: 0 });
    });

    test('no more than `concurrency` at once', slack, async (t) => {
      const gate = newGate();
      const { taken, seen, consumer } = await record(t, { concurrency: 3, handler: () => gate.promise });
      await queue.addMany(Array.from({ length: 5 }, (_, at) => ({ id: `job ${at}`, priority: 1 })));
      await taken(3);
      assert.deepEqual(await queue.counts(), { waiting: 2, delayed: 0, active: 3 });
      assert.equal(seen.length, 3);
      gate.resolve();
      await taken(5);
      await consumer.close();
    });

    test('a job whose worker went silent is handed out again, and the first is told to stop', slack, async (t) => {
      const { promise: stopped, resolve } = Promise.withResolvers<void>();
      const silent = await record(t, {
        handler: async (_id, signal) => {
          if (silent.seen.length > 1) return;
          await once(signal, 'abort');
          resolve();
        },
      });
      await queue.add({ id: 'orphan', priority: 1 });
      await silent.taken(1);
      await engine.loseLock('orphan');
      const heir = await record(t, { from: other });
      await Promise.race([heir.taken(1), silent.taken(2)]);
      await stopped;
      await Promise.all([heir.consumer.close(), silent.consumer.close()]);
      assert.deepEqual(await queue.counts(), { waiting: 0, delayed: 0, active: 0 });
    });

    test('a job that outlasts its lock stays with its worker', slack, async (t) => {
      const gate = newGate();
      const mine = await record(t, { handler: () => gate.promise });
      const idle = await record(t, { from: other });
      await queue.add({ id: 'long', priority: 1 });
      await Promise.race([mine.taken(1), idle.taken(1)]);
      await delay(3 * lockDurationMs);
      assert.equal(mine.seen.length + idle.seen.length, 1);
      gate.resolve();
    });

    test('closing a consumer waits for what runs and takes no more', slack, async (t) => {
      const gate = newGate();
      let finished = false;
      const handler = async () => {
        await gate.promise;
        finished = true;
      };
      const { consumer, taken, seen } = await record(t, { handler });
      await queue.addMany([
        { id: 'running', priority: 1 },
        { id: 'next', priority: 2 },
      ]);
      await taken(1);
      const closing = consumer.close();
      gate.resolve();
      await closing;
      assert.ok(finished);
      assert.equal(seen.length, 1);
      assert.deepEqual(await queue.counts(), { waiting: 1, delayed: 0, active: 0 });
    });

    test('clear forgets everything, but not that it is paused', slack, async (t) => {
      const gate = newGate();
      const { consumer, taken } = await record(t, { handler: () => gate.promise });
      await queue.add({ id: 'job active', priority: 1 });
      await taken(1);
      await queue.add({ id: 'job waiting', priority: 1 });
      await queue.add({ id: 'job delayed', priority: 1, delayMs: 60_000 });
      await queue.pause();
      await other.clear();
      assert.deepEqual(await queue.counts(), { waiting: 0, delayed: 0, active: 0 });
      gate.resolve();
      await consumer.close();
      const late = await record(t, { from: other });
      await queue.add({ id: 'job active', priority: 1 });
      assert.deepEqual(await queue.counts(), { waiting: 1, delayed: 0, active: 0 });
      assert.equal(late.seen.length, 0);
      await queue.resume();
      assert.deepEqual(await late.taken(1), ['job active']);
    });

    test('many jobs at once', slack, async () => {
      await queue.addMany([]);
      await queue.addMany(Array.from({ length: 1_200 }, (_, at) => ({ id: `job ${at}`, priority: 1 + (at % 3) })));
      assert.deepEqual(await queue.counts(), { waiting: 1_200, delayed: 0, active: 0 });
    });
  });
}
