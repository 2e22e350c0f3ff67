import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { Actor } from '#kernel/actor.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { claimJob } from './claim-job.ts';
import { collect } from './collector.ts';
import { createJobSignals } from './job-signals.ts';
import { makeScratch } from './scratch.ts';
import { fail, succeed } from './settle-job.ts';
import { openTestLine, request, type TestEngines, type TestLine, testActor, until } from './test-line.ts';

/** What jobs promise, on one pair of database and queue. */
export function testJobs(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`jobs: ${name}`, { timeout: 120_000 }, () => {
    let line: TestLine;
    before(async () => {
      line = await openTestLine(await makeEngines());
      await line.worker();
    });
    after(() => line.close());

    const finish = (id: string, from = line.jobs) => from.waitFor(testActor, id, 60_000);
    const create = (...args: Parameters<typeof request>) => line.jobs.create(testActor, request(...args));
    const attemptsOf = async (resultOf: string) => {
      const { result_key } = await row(line, resultOf);
      const rows = await line.db.selectFrom('jobs').select('attempt').where('result_key', '=', result_key).execute();
      return rows.reduce((sum, { attempt }) => sum + attempt, 0);
    };

    test('a job runs and its output is the work of its inputs', async () => {
      const inputs = [await line.asset('one'), await line.asset('two')];
      const made = await create({ tag: 'both' }, { inputs, metadata: { sku: 7 } });
      assert.equal(made.status, 'queued');
      const job = await finish(made.id);
      assert.equal(job.status, 'succeeded');
      assert.deepEqual(job.inputs, inputs);
      assert.deepEqual(job.metadata, { sku: 7 });
      assert.deepEqual(job.params, { tag: 'both', end: 'answer', waitForFile: '', megabytes: 1 });
      assert.deepEqual([job.progress, job.attempts, job.cached, job.error], [1, 1, false, null]);
      assert.ok(job.startedAt && job.finishedAt && job.queuedAt <= job.startedAt && job.startedAt <= job.finishedAt);
      const [output] = job.outputs;
      assert.ok(output !== undefined && job.outputs.length === 1);
      assert.equal(await text(await line.store.read(output.sha256)), 'both\none\ntwo');
      assert.deepEqual([output.sizeBytes, output.mediaType, output.data], [12, 'text/plain', { inputs: 2 }]);
      assert.deepEqual(await readdir(line.scratchRoot), []);
    });

    test('an equal request is answered with the finished result, however its parameters are written', async () => {
      const inputs = [await line.asset('same bytes')];
      const first = await finish((await create({ tag: 't' }, { inputs })).id);
      const again = await create({ megabytes: 1, tag: 't' }, { inputs: [await line.asset('same bytes')] });
      assert.deepEqual([again.status, again.cached, again.attempts, again.progress], ['succeeded', true, 0, 1]);
      assert.notEqual(again.id, first.id);
      assert.deepEqual(again.outputs, first.outputs);
      assert.deepEqual(await line.jobs.get(testActor, again.id), again);
      assert.equal(await attemptsOf(first.id), 1);
    });

    test('a result whose bytes are gone is made again', async () => {
      const first = await finish((await create({ tag: 'lost' })).id);
      assert.equal(await line.store.deleteIfOlder(first.outputs[0]?.sha256 ?? '', -1_000), true);
      const second = await finish((await create({ tag: 'lost' })).id);
      assert.deepEqual([second.status, second.cached], ['succeeded', false]);
      assert.deepEqual(second.outputs, first.outputs);
    });

    test('100 equal requests at once are one execution and 100 results', async () => {
      const gate = join(line.root, randomUUID());
      const made = await Promise.all(Array.from({ length: 100 }, () => create({ tag: 'flood', waitForFile: gate })));
      await writeFile(gate, '');
      const jobs = await Promise.all(made.map(({ id }) => finish(id)));
      assert.equal(new Set(jobs.map((job) => job.id)).size, 100);
      assert.deepEqual(new Set(jobs.map((job) => job.status)), new Set(['succeeded']));
      assert.equal(new Set(jobs.map((job) => job.outputs[0]?.sha256)).size, 1);
      assert.equal(jobs.filter((job) => !job.cached).length, 1);
      assert.equal(await attemptsOf(jobs[0]?.id ?? ''), 1);
    });

    test('100 requests at once with one idempotency key are one job', async () => {
      const keyed = { idempotencyKey: randomUUID() };
      const made = await Promise.all(Array.from({ length: 100 }, () => create({ tag: 'keyed' }, keyed)));
      assert.equal(new Set(made.map((job) => job.id)).size, 1);
      const rows = await line.db
        .selectFrom('jobs')
        .where('idempotency_key', '=', keyed.idempotencyKey)
        .selectAll()
        .execute();
      assert.equal(rows.length, 1);
      await rejectsWith('IDEMPOTENCY_KEY_REUSED', create({ tag: 'other' }, keyed));
      await finish(rows[0]?.id ?? '');
    });

    test('requests that cannot be done are refused before a row exists', async () => {
      const count = () => line.db.selectFrom('jobs').select('id').execute();
      const before = await count();
      const stranger = await tenant(line);
      const [foreign, audio] = [await line.asset('theirs', stranger), await line.asset('audio')];
      await line.db.updateTable('assets').set({ media_type: 'audio/wav' }).where('id', '=', audio).execute();
      await rejectsWith('UNKNOWN_PROCESSOR', create({}, { processor: 'image.magic' }));
      await rejectsWith('INVALID_PARAMETERS', create({ end: 'dance' }));
      await rejectsWith('INVALID_PARAMETERS', create({}, { metadata: { text: 'nul \0' } }));
      await rejectsWith('INVALID_PARAMETERS', create({}, { idempotencyKey: 'x'.repeat(300) }));
      await rejectsWith('WRONG_INPUT_COUNT', create({}, { inputs: [newId(), newId(), newId()] }));
      await rejectsWith('ASSET_NOT_FOUND', create({}, { inputs: [newId()] }));
      await rejectsWith('ASSET_NOT_FOUND', create({}, { inputs: ["x'; drop table jobs"] }));
      await rejectsWith('ASSET_NOT_FOUND', create({}, { inputs: [foreign] }));
      await rejectsWith('INPUT_NOT_ACCEPTED', create({}, { inputs: [audio] }));
      await rejectsWith('RESOURCE_LIMIT', create({ megabytes: 257 }));
      assert.deepEqual(await count(), before);
    });

    test('other tenants’ jobs do not exist', async () => {
      const { id } = await finish((await create({ tag: 'mine' })).id);
      const stranger = await tenant(line);
      await rejectsWith('JOB_NOT_FOUND', line.jobs.get(stranger, id));
      await rejectsWith('JOB_NOT_FOUND', line.jobs.cancel(stranger, id));
      await rejectsWith('JOB_NOT_FOUND', line.jobs.retry(stranger, id));
      await rejectsWith('JOB_NOT_FOUND', line.jobs.remove(stranger, id));
      await rejectsWith('JOB_NOT_FOUND', line.jobs.get(testActor, 'not an id'));
      assert.deepEqual((await line.jobs.list(stranger, { limit: 10 })).items, []);
      const theirs = await line.jobs.create(stranger, request({ tag: 'mine' }));
      assert.equal(theirs.cached, false, 'not even by how fast an answer comes');
      assert.equal((await line.jobs.waitFor(stranger, theirs.id, 60_000)).status, 'succeeded');
    });

    test('a listing is newest first, in pages that do not move', async () => {
      const stranger = await tenant(line);
      const make = async (tag: string) => (await line.jobs.create(stranger, request({ tag }))).id;
      const ids: string[] = [];
      for (const tag of ['a', 'b', 'c', 'd', 'e']) ids.push(await make(tag));
      const first = await line.jobs.list(stranger, { limit: 2 });
      await make('later');
      const second = await line.jobs.list(stranger, { limit: 2, cursor: first.nextCursor ?? '' });
      const third = await line.jobs.list(stranger, { limit: 2, cursor: second.nextCursor ?? '' });
      const listed = [first, second, third].flatMap((page) => page.items.map((job) => job.id));
      assert.deepEqual(listed, ids.toReversed());
      assert.equal(third.nextCursor, null);
      for (const id of ids) await line.jobs.waitFor(stranger, id, 60_000);
      const filter = { limit: 10, status: 'succeeded', processor: 'test.script' } as const;
      assert.ok((await line.jobs.list(stranger, filter)).items.length >= 5);
      assert.deepEqual((await line.jobs.list(stranger, { ...filter, processor: 'other' })).items, []);
      await rejectsWith('BAD_REQUEST', line.jobs.list(stranger, { limit: 2, cursor: 'nonsense' }));
    });

    test('cancelling stops the child and lets the next in line for the same work take over', async () => {
      const gate = join(line.root, randomUUID());
      const stuck = await create({ tag: 'stuck', waitForFile: gate });
      await until(async () => (await line.jobs.get(testActor, stuck.id)).progress === 0.5);
      const [heir, other] = [
        await create({ tag: 'stuck', waitForFile: gate }),
        await create({ tag: 'stuck', waitForFile: gate }),
      ];
      assert.equal((await line.jobs.cancel(testActor, stuck.id)).status, 'cancelled');
      await rejectsWith('JOB_NOT_CANCELLABLE', line.jobs.cancel(testActor, stuck.id));
      await until(async () => (await row(line, heir.id)).status === 'active');
      assert.equal((await row(line, other.id)).leader_id, heir.id);
      await writeFile(gate, '');
      assert.deepEqual([(await finish(heir.id)).cached, (await finish(other.id)).cached], [false, true]);
      assert.equal((await line.jobs.get(testActor, stuck.id)).status, 'cancelled');
      await until(() => line.ended.includes('stopped'));
    });

    test('a cancelled or failed job can be retried, a finished one cannot', async () => {
      const gate = join(line.root, randomUUID());
      const job = await create({ tag: 'twice', waitForFile: gate });
      await line.jobs.cancel(testActor, job.id);
      const [retried, follower] = [
        await line.jobs.retry(testActor, job.id),
        await create({ tag: 'twice', waitForFile: gate }),
      ];
      assert.deepEqual([retried.status, retried.finishedAt, retried.error], ['queued', null, null]);
      await rejectsWith('JOB_NOT_RETRYABLE', line.jobs.retry(testActor, job.id));
      await writeFile(gate, '');
      assert.equal((await finish(job.id)).status, 'succeeded');
      assert.equal((await finish(follower.id)).cached, true);
      await rejectsWith('JOB_NOT_RETRYABLE', line.jobs.retry(testActor, job.id));
    });

    test('a retried job joins the same work in flight', async () => {
      const gate = join(line.root, randomUUID());
      const job = await create({ tag: 'join', waitForFile: gate });
      await line.jobs.cancel(testActor, job.id);
      const leader = await create({ tag: 'join', waitForFile: gate });
      await line.jobs.retry(testActor, job.id);
      assert.equal((await row(line, job.id)).leader_id, leader.id);
      await writeFile(gate, '');
      assert.equal((await finish(job.id)).cached, true);
    });

    test('removing a job that runs stops it and forgets it', async () => {
      const job = await create({ tag: 'remove', waitForFile: join(line.root, 'never') });
      await until(async () => (await line.jobs.get(testActor, job.id)).progress === 0.5);
      await line.jobs.remove(testActor, job.id);
      await rejectsWith('JOB_NOT_FOUND', line.jobs.get(testActor, job.id));
      await until(() => line.sandbox.stats().children.every((child) => !child.busy));
    });

    test('an error that will not go away fails the job, and those that wait for it, at once', async () => {
      const gate = join(line.root, randomUUID());
      const bad = { end: 'refuse', waitForFile: gate };
      const made = [await create(bad), await create(bad)];
      await writeFile(gate, '');
      for (const { id } of made) {
        const job = await finish(id);
        assert.deepEqual([job.status, job.error?.code], ['failed', 'MEDIA_INVALID']);
        assert.match(job.error?.detail ?? '', /Send another/);
      }
      assert.equal(await attemptsOf(made[0]?.id ?? ''), 1);
    });

    test('a job that crashes its child is tried three times, then fails with the reason', async () => {
      const job = await finish((await create({ end: 'crash' })).id);
      assert.deepEqual([job.status, job.attempts, job.error?.code], ['failed', 3, 'WORKER_CRASHED']);
      assert.match(job.error?.detail ?? '', /3 times/);
    });

    test('an unforeseen error tells nothing of the inside', async () => {
      const job = await finish((await create({ end: 'throw' })).id);
      assert.equal(job.status, 'failed');
      assert.doesNotMatch(job.error?.detail ?? '', /secret|passwd|\//);
    });

    test('who waits in another process hears of the end too', async () => {
      const elsewhere = line.service({ signals: createJobSignals() });
      const gate = join(line.root, randomUUID());
      const { id } = await create({ tag: 'near', waitForFile: gate });
      assert.equal((await elsewhere.waitFor(testActor, id, 50)).status !== 'succeeded', true);
      const gone = AbortSignal.abort();
      assert.equal((await elsewhere.waitFor(testActor, id, 60_000, gone)).finishedAt, null);
      const waiting = finish(id, elsewhere);
      await writeFile(gate, '');
      assert.equal((await waiting).status, 'succeeded');
    });

    test('cancelling in another process stops the child here', async () => {
      const elsewhere = line.service({ signals: createJobSignals() });
      const { id } = await create({ tag: 'far', waitForFile: join(line.root, 'never') });
      await until(async () => (await line.jobs.get(testActor, id)).progress === 0.5);
      await elsewhere.cancel(testActor, id);
      await until(() => line.sandbox.stats().children.every((child) => !child.busy));
    });
  });

  describe(`jobs and faults: ${name}`, { timeout: 120_000 }, () => {
    let line: TestLine;
    before(async () => {
      line = await openTestLine(await makeEngines());
    });
    after(() => line.close());

    const finish = (id: string) => line.jobs.waitFor(testActor, id, 60_000);
    const create = (params: Record<string, unknown>) => line.jobs.create(testActor, request(params));

    test('a queue that forgets everything costs no job', async () => {
      const ids: string[] = [];
      for (let at = 0; at < 20; at++) ids.push((await create({ tag: `${at}` })).id);
      await line.queue.clear();
      const reconciler = await line.reconcile(false);
      await reconciler.close();
      const worker = await line.worker();
      for (const id of ids) assert.equal((await finish(id)).attempts, 1);
      await worker.close(1_000);
    });

    test('a queue that does not answer costs no job', async () => {
      const queue = { ...line.queue, add: () => Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'away')) };
      const { id } = await line.service({ queue }).create(testActor, request({ tag: 'away' }));
      const reconciler = await line.reconcile(false);
      const worker = await line.worker();
      assert.equal((await finish(id)).status, 'succeeded');
      await reconciler.close();
      await worker.close(1_000);
    });

    test('the job of a dead worker is given to another, and the dead one’s result is refused', async () => {
      const { id } = await create({ tag: 'died' });
      const claim = await claimJob(line.db, id, 'a worker that dies', 300);
      assert.ok(claim !== undefined);
      const worker = await line.worker();
      const reconciler = await line.reconcile(false);
      const job = await finish(id);
      assert.deepEqual([job.status, job.attempts], ['succeeded', 2]);
      assert.equal(await succeed(line.db, claim, []), undefined);
      assert.equal(await fail(line.db, claim, { code: 'INTERNAL', detail: 'late' }), undefined);
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
      const stolen = await claimJob(line.db, id, 'another', 60_000);
      assert.equal(stolen?.attempt, 2);
      await until(() => line.ended.includes('late'));
      const settled = await succeed(line.db, { id, attempt: 2 }, []);
      assert.deepEqual(settled?.finished, [id]);
      await writeFile(gate, '');
      await frozen.close(1_000);
      assert.deepEqual((await line.jobs.get(testActor, id)).outputs, []);
    });

    test('a lease that is renewed is not taken, whatever the clock says', async () => {
      const gate = join(line.root, randomUUID());
      const worker = await line.worker({ leaseMs: 300 });
      const { id } = await create({ tag: 'renewed', waitForFile: gate });
      await until(async () => (await row(line, id)).status === 'active');
      const reconciler = await line.reconcile(false);
      const renewals = new Set<number>();
      await until(async () => renewals.add((await row(line, id)).lease_expires_at?.getTime() ?? 0).size > 6);
      await writeFile(gate, '');
      assert.deepEqual([(await finish(id)).attempts, (await row(line, id)).failures], [1, 0]);
      await reconciler.close();
      await worker.close(1_000);
    });

    test('whose worker dies three times fails, and says so', async () => {
      const { id } = await create({ tag: 'killer' });
      const follower = await create({ tag: 'killer' });
      for (let died = 1; died <= 3; died++) {
        assert.equal((await claimJob(line.db, id, 'a worker that dies', 300))?.attempt, died);
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
      await claimJob(line.db, running.id, 'this process, before', 3_600_000);
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
      const { status, failures } = await row(line, id);
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
      assert.deepEqual([(await row(line, id)).status, (await row(line, id)).attempt], ['succeeded', 1]);
    });

    test('a worker older than the job’s processor leaves it to a newer one', async () => {
      const { id } = await create({ tag: 'newer' });
      await line.db.updateTable('jobs').set({ processor_version: 3 }).where('id', '=', id).execute();
      const worker = await line.worker();
      await until(async () => (await row(line, id)).failures === 1);
      await line.db.updateTable('jobs').set({ processor_version: 2 }).where('id', '=', id).execute();
      assert.equal((await finish(id)).status, 'succeeded');
      await worker.close(1_000);
    });

    test('collection takes what nothing refers to, and nothing else', async () => {
      const worker = await line.worker();
      const kept = await line.asset('kept by its asset');
      const removed = await line.asset('kept by its job alone');
      const done = await finish((await create({ tag: 'kept by its output' })).id);
      const gate = join(line.root, randomUUID());
      const waiting = await line.jobs.create(
        testActor,
        request({ tag: 'h', waitForFile: gate }, { inputs: [removed] }),
      );
      await until(async () => (await row(line, waiting.id)).status === 'active');
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
      assert.equal(await line.store.sizeOf(done.outputs[0]?.sha256 ?? ''), done.outputs[0]?.sizeBytes);
      await writeFile(gate, '');
      assert.equal((await finish(waiting.id)).status, 'succeeded');

      await age(line);
      const expired = await collect(line, { minAgeMs: 60_000, resultTtlMs: -1_000 });
      assert.ok(expired.jobs >= 2 && expired.objects >= 2);
      await rejectsWith('JOB_NOT_FOUND', line.jobs.get(testActor, done.id));
      await worker.close(1_000);
    });

    test('folders of attempts that are over are swept, others stay', async () => {
      const { id } = await create({ tag: 'scratch' });
      const claim = await claimJob(line.db, id, 'someone', 60_000);
      await makeScratch(line.scratchRoot, { id, attempt: claim?.attempt ?? 0 });
      await makeScratch(line.scratchRoot, { id, attempt: 0 });
      await makeScratch(line.scratchRoot, { id: newId(), attempt: 1 });
      const { scratchDirs } = await collect(line, { minAgeMs: 60_000, resultTtlMs: 3_600_000 });
      assert.equal(scratchDirs, 2);
      assert.deepEqual(await readdir(line.scratchRoot), [`${id}-${claim?.attempt}`]);
    });
  });
}

function row(line: TestLine, id: string) {
  return line.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function tenant(line: TestLine): Promise<Actor> {
  const actor = { tenantId: newId(), userId: newId() };
  const audit = { created_by: actor.userId, updated_by: actor.userId };
  await line.db
    .insertInto('tenants')
    .values({ id: actor.tenantId, name: 'stranger', ...audit })
    .execute();
  return actor;
}

/** Makes every object two minutes old. */
async function age(line: TestLine): Promise<void> {
  const objects = join(line.root, 'objects');
  const then = Date.now() / 1_000 - 120;
  for (const entry of await readdir(objects, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await utimes(join(entry.parentPath, entry.name), then, then);
  }
}

async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}
