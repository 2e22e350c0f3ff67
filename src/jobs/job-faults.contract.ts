import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { newId } from '#kernel/ids.ts';
import { collect } from './collector.ts';
import { jobEndings } from './job-statements.ts';
import { makeScratch } from './scratch.ts';
import { fail, succeed } from './settle-job.ts';
import { hold, jobRow, openTestLine, request, type TestEngines, type TestLine, testActor, until } from './test-line.ts';

/** What jobs survive, on one database. */
export function testJobFaults(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`jobs and faults: ${name}`, { timeout: 120_000 }, () => {
    let line: TestLine;
    before(async () => {
      line = await openTestLine(await makeEngines());
    });
    after(() => line.close());

    const finish = (id: string) => line.jobs.waitFor(testActor, id, 60_000);
    const create = (params: Record<string, unknown>) => line.jobs.create(testActor, request(params));

    test('a word that nobody hears costs no job', async () => {
      const worker = await line.worker();
      const unheard = line.service({ fanOut: memoryFanOut() });
      const ids: string[] = [];
      for (let at = 0; at < 20; at++) ids.push((await unheard.create(testActor, request({ tag: `${at}` }))).id);
      for (const id of ids) assert.equal((await unheard.waitFor(testActor, id, 60_000)).attempts, 1);
      await worker.close(1_000);
    });

    test('a word that is heard five times makes no second attempt', async () => {
      const workers = [await line.worker(), await line.worker()];
      const { id } = await create({ tag: 'five times' });
      for (let times = 0; times < 5; times++) line.fanOut.tell('job-queued');
      assert.equal((await finish(id)).attempts, 1);
      for (const worker of workers) await worker.close(1_000);
    });

    test('the job of a dead worker is given to another, and the dead one’s result is refused', async () => {
      const { id } = await create({ tag: 'died' });
      const claim = await hold(line, id, 'a worker that dies', 300);
      assert.ok(claim !== undefined);
      const worker = await line.worker();
      const reconciler = await line.reconcile(false);
      const job = await finish(id);
      assert.deepEqual([job.status, job.attempts], ['succeeded', 2]);
      assert.deepEqual(await succeed(jobEndings(line.db), claim, []), []);
      assert.deepEqual(await fail(jobEndings(line.db), claim, { code: 'INTERNAL', detail: 'late' }), []);
      assert.deepEqual(await line.jobs.get(testActor, id), job);
      await reconciler.close();
      await worker.close(1_000);
    });

    test('a worker that was frozen past its lease has its result refused', async () => {
      const gate = join(line.root, randomUUID());
      const frozen = await line.worker({ concurrency: 1 });
      const { id } = await create({ tag: 'frozen', waitForFile: gate });
      await until(async () => (await line.jobs.get(testActor, id)).progress === 0.5);
      // What another's reconciler does while the worker cannot beat: its attempt is over.
      await line.db
        .updateTable('jobs')
        .set({ status: 'queued', lease_owner: null, lease_expires_at: null })
        .where('id', '=', id)
        .execute();
      const stolen = await hold(line, id, 'another');
      assert.equal(stolen?.attempt, 2);
      await until(() => line.ended.includes('late'));
      const settled = await succeed(jobEndings(line.db), { id, attempt: 2 }, []);
      assert.deepEqual(settled, [id]);
      await writeFile(gate, '');
      await frozen.close(1_000);
      assert.deepEqual((await line.jobs.get(testActor, id)).outputs, []);
    });

    test('a lease that is renewed is not taken, whatever the clock says', async () => {
      const gate = join(line.root, randomUUID());
      const worker = await line.worker({ leaseMs: 2_000 });
      const { id } = await create({ tag: 'renewed', waitForFile: gate });
      await until(async () => (await jobRow(line, id)).status === 'active');
      // Patient enough for a machine that is busy with other tests; the job outlasts it twice.
      const leaseMs = 4_000;
      const reconciler = await line.reconcile(false, { leaseMs });
      const beganMs = performance.now();
      const renewals = new Set<number>();
      const renewed = async () => renewals.add((await jobRow(line, id)).lease_expires_at?.getTime() ?? 0).size;
      await until(async () => (await renewed()) > 6 && performance.now() - beganMs > 2 * leaseMs);
      await writeFile(gate, '');
      assert.deepEqual([(await finish(id)).attempts, (await jobRow(line, id)).failures], [1, 0]);
      await reconciler.close();
      await worker.close(1_000);
    });

    test('a clock that is set back an hour holds no job up', async () => {
      const { id } = await create({ tag: 'clock' });
      await line.db
        .updateTable('jobs')
        .set({ available_at: new Date(Date.now() + 3_600_000) })
        .where('id', '=', id)
        .execute();
      const worker = await line.worker();
      assert.equal((await finish(id)).status, 'succeeded');
      await worker.close(1_000);
    });

    test('a job is not taken before its time', async () => {
      const { id } = await create({ tag: 'backoff' });
      await line.db
        .updateTable('jobs')
        .set({ available_at: new Date(Date.now() + 700) })
        .where('id', '=', id)
        .execute();
      const worker = await line.worker();
      const job = await finish(id);
      assert.ok((job.startedAt?.getTime() ?? 0) - job.queuedAt.getTime() >= 690);
      await worker.close(1_000);
    });

    test('whose worker dies three times fails, and says so', async () => {
      const { id } = await create({ tag: 'killer' });
      const follower = await create({ tag: 'killer' });
      for (let died = 1; died <= 3; died++) {
        assert.equal((await hold(line, id, 'a worker that dies', 300))?.attempt, died);
        const restarted = await line.reconcile(true);
        await restarted.close();
      }
      for (const each of [id, follower.id]) {
        const job = await line.jobs.get(testActor, each);
        assert.deepEqual([job.status, job.error?.code], ['failed', 'JOB_ATTEMPTS_EXHAUSTED']);
      }
    });

    test('the sole owner starts again where it died', async () => {
      const [running, waiting] = [await create({ tag: 'r' }), await create({ tag: 'w' })];
      await hold(line, running.id, 'this process, before', 3_600_000);
      const reconciler = await line.reconcile(true);
      const worker = await line.worker();
      assert.equal((await finish(running.id)).attempts, 2);
      assert.equal((await finish(waiting.id)).attempts, 1);
      await reconciler.close();
      await worker.close(1_000);
    });

    test('a shutdown puts what runs back in line, uncounted', async () => {
      const gate = join(line.root, randomUUID());
      const first = await line.worker();
      const { id } = await create({ tag: 'shutdown', waitForFile: gate });
      await until(async () => (await line.jobs.get(testActor, id)).progress === 0.5);
      await first.close(50);
      const { status, failures } = await jobRow(line, id);
      assert.deepEqual([status, failures], ['queued', 0]);
      assert.deepEqual(await readdir(line.scratchRoot), []);
      await writeFile(gate, '');
      const second = await line.worker();
      assert.equal((await finish(id)).status, 'succeeded');
      await second.close(1_000);
    });

    test('a shutdown lets what runs end within the grace', async () => {
      const gate = join(line.root, randomUUID());
      const worker = await line.worker();
      const { id } = await create({ tag: 'grace', waitForFile: gate });
      await until(async () => (await line.jobs.get(testActor, id)).progress === 0.5);
      const closing = worker.close(60_000);
      await writeFile(gate, '');
      await closing;
      assert.deepEqual([(await jobRow(line, id)).status, (await jobRow(line, id)).attempt], ['succeeded', 1]);
    });

    test('a worker older than the job’s processor leaves it to a newer one', async () => {
      const { id } = await create({ tag: 'newer' });
      await line.db.updateTable('jobs').set({ processor_version: 3 }).where('id', '=', id).execute();
      const worker = await line.worker();
      await until(() => line.ended.at(-1) === 'released');
      await line.db.updateTable('jobs').set({ processor_version: 2 }).where('id', '=', id).execute();
      assert.deepEqual([(await finish(id)).status, (await jobRow(line, id)).failures], ['succeeded', 0]);
      await worker.close(1_000);
    });

    test('collection takes what nothing refers to, and nothing else', async () => {
      const worker = await line.worker();
      const kept = await line.asset('kept by its asset');
      const removed = await line.asset('kept by its job alone');
      const done = await finish((await create({ tag: 'kept by its output' })).id);
      const script = { tag: 'kept as needed' };
      const started = await line.jobs.create(testActor, {
        processor: 'test.compose',
        inputs: [kept],
        params: { script },
      });
      const { sha256: needed = '' } = (await finish(started.id)).outputs[0] ?? {};
      await line.jobs.remove(testActor, started.id);
      const gate = join(line.root, randomUUID());
      const waiting = await line.jobs.create(
        testActor,
        request({ tag: 'h', waitForFile: gate }, { inputs: [removed] }),
      );
      await until(async () => (await jobRow(line, waiting.id)).status === 'active');
      await line.db.deleteFrom('assets').where('id', '=', removed).execute();
      const orphan = await line.asset('orphan');
      const hashOf = async (id: string) =>
        (await line.db.selectFrom('assets').select('sha256').where('id', '=', id).executeTakeFirstOrThrow()).sha256;
      const [keptHash, orphanHash] = [await hashOf(kept), await hashOf(orphan)];
      await line.db.deleteFrom('assets').where('id', '=', orphan).execute();
      const policy = { minAgeMs: 60_000, resultTtlMs: 3_600_000 };

      assert.equal((await collect(line, policy)).objects, 0, 'everything is too young');
      await age(line);
      assert.ok((await collect(line, policy)).objects >= 1);
      assert.equal(await line.store.sizeOf(orphanHash), undefined);
      assert.equal(await line.store.sizeOf(keptHash), 17);
      assert.ok(await line.store.sizeOf(needed));
      assert.equal(await line.store.sizeOf(done.outputs[0]?.sha256 ?? ''), done.outputs[0]?.sizeBytes);
      await writeFile(gate, '');
      assert.equal((await finish(waiting.id)).status, 'succeeded');

      await age(line);
      const expired = await collect(line, { minAgeMs: 60_000, resultTtlMs: -1_000 });
      assert.equal(expired.neededResults, 1);
      assert.equal(await line.store.sizeOf(needed), undefined);
      assert.ok(expired.jobs >= 2 && expired.objects >= 2);
      await assert.rejects(line.jobs.get(testActor, done.id), { code: 'JOB_NOT_FOUND' });
      await worker.close(1_000);
    });

    test('folders of attempts that are over are swept, others stay', async () => {
      const { id } = await create({ tag: 'scratch' });
      const claim = await hold(line, id, 'someone');
      await makeScratch(line.scratchRoot, { id, attempt: claim?.attempt ?? 0 }, true);
      await makeScratch(line.scratchRoot, { id, attempt: 0 }, false);
      await makeScratch(line.scratchRoot, { id: newId(), attempt: 1 }, true);
      const { scratchDirs } = await collect(line, { minAgeMs: 60_000, resultTtlMs: 3_600_000 });
      assert.equal(scratchDirs, 2);
      assert.deepEqual(await readdir(line.scratchRoot), [`${id}-${claim?.attempt}`]);
    });
  });
}

/** Makes every object two minutes old. */
async function age(line: TestLine): Promise<void> {
  const objects = join(line.root, 'objects');
  const then = Date.now() / 1_000 - 120;
  for (const entry of await readdir(objects, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await utimes(join(entry.parentPath, entry.name), then, then);
  }
}
