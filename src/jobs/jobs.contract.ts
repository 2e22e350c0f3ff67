import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import {
  jobRow,
  openTestLine,
  request,
  type TestEngines,
  type TestLine,
  tenant,
  testActor,
  until,
} from './test-line.ts';
import type { JobWorker } from './worker.ts';

/** What jobs promise, on one database. */
export function testJobs(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`jobs: ${name}`, { timeout: 120_000 }, () => {
    let line: TestLine;
    let worker: JobWorker;
    before(async () => {
      line = await openTestLine(await makeEngines());
      worker = await line.worker();
    });
    after(() => line.close());

    const finish = (id: string, from = line.jobs) => from.waitFor(testActor, id, 60_000);
    const create = (...args: Parameters<typeof request>) => line.jobs.create(testActor, request(...args));
    const attemptsOf = async (resultOf: string) => {
      const { result_key } = await jobRow(line, resultOf);
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

    test('what several jobs start from is made once, and again when it is lost', async () => {
      line.met.length = 0;
      const inputs = [await line.asset('photograph')];
      const gate = join(line.root, randomUUID());
      const script = { tag: 'mask', waitForFile: gate };
      const compose = (colour: string, own: object = script) =>
        line.jobs.create(testActor, { processor: 'test.compose', inputs, params: { colour, script: own } });
      const together = await Promise.all(['red', 'blue', 'green'].map((colour) => compose(colour)));
      await until(async () => (await jobRow(line, together[2]?.id ?? '')).status === 'active');
      await writeFile(gate, '');
      for (const { id } of together) {
        const job = await finish(id);
        assert.equal(job.status, 'succeeded');
        assert.equal(await text(await line.store.read(job.outputs[0]?.sha256 ?? '')), 'mask\nphotograph');
        assert.deepEqual(job.outputs[0]?.data?.['made'], { inputs: 1 });
      }
      assert.equal(line.met.length, 3);
      assert.equal(line.met.filter((how) => how === 'made').length, 1, 'the others joined it, or found it kept');
      const later = await finish((await compose('white')).id);
      assert.equal(line.met.at(-1), 'kept');
      await line.store.deleteIfOlder(later.outputs[0]?.sha256 ?? '', -1);
      assert.equal((await finish((await compose('black')).id)).status, 'succeeded');
      assert.equal(line.met.at(-1), 'made');
    });

    test('what cannot be made fails the job that starts from it; another try is free to succeed', async () => {
      const inputs = [await line.asset('damaged')];
      const job = (end: string) =>
        line.jobs.create(testActor, { processor: 'test.compose', inputs, params: { script: { end } } });
      const failed = await finish((await job('refuse')).id);
      assert.deepEqual([failed.status, failed.error?.code, failed.attempts], ['failed', 'MEDIA_INVALID', 1]);
      assert.equal((await finish((await job('answer')).id)).status, 'succeeded');
    });

    test('who waits for another job’s need makes it when that one is cancelled', async () => {
      line.met.length = 0;
      const inputs = [await line.asset('shared')];
      const gate = join(line.root, randomUUID());
      const compose = (colour: string) =>
        line.jobs.create(testActor, {
          processor: 'test.compose',
          inputs,
          params: { colour, script: { tag: 'c', waitForFile: gate } },
        });
      const first = await compose('red');
      await until(async () => (await jobRow(line, first.id)).status === 'active');
      await until(() => line.sandbox.stats().children.some((child) => child.busy));
      const second = await compose('blue');
      await until(async () => (await jobRow(line, second.id)).status === 'active');
      await line.jobs.cancel(testActor, first.id);
      await until(() => line.ended.at(-1) === 'stopped');
      await writeFile(gate, '');
      assert.equal((await finish(second.id)).status, 'succeeded');
      assert.deepEqual(line.met, ['made']);
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
      const { id: hidden } = await line.jobs.create(stranger, { ...request({ tag: 'hidden' }), hidden: true });
      assert.equal((await line.jobs.get(stranger, hidden)).id, hidden);
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
      await until(async () => (await jobRow(line, heir.id)).status === 'active');
      assert.equal((await jobRow(line, other.id)).leader_id, heir.id);
      await writeFile(gate, '');
      assert.deepEqual([(await finish(heir.id)).cached, (await finish(other.id)).cached], [false, true]);
      assert.equal((await line.jobs.get(testActor, stuck.id)).status, 'cancelled');
      await until(() => line.ended.includes('stopped'));
    });

    test('a cancelled or failed job can be retried, a finished one cannot', async () => {
      const gate = join(line.root, randomUUID());
      const job = await create({ tag: 'twice', waitForFile: gate });
      await line.jobs.cancel(testActor, job.id);
      worker.pause(); // or a quick worker may have it before it is looked at
      const [retried, follower] = [
        await line.jobs.retry(testActor, job.id),
        await create({ tag: 'twice', waitForFile: gate }),
      ];
      worker.resume();
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
      assert.equal((await jobRow(line, job.id)).leader_id, leader.id);
      await writeFile(gate, '');
      assert.equal((await finish(job.id)).cached, true);
    });

    test('of equal jobs that are retried at once, one leads', async () => {
      const gate = join(line.root, randomUUID());
      const made = await Promise.all(Array.from({ length: 10 }, () => create({ tag: 'again', waitForFile: gate })));
      for (const { id } of made) await line.jobs.cancel(testActor, id);
      await Promise.all(made.map(({ id }) => line.jobs.retry(testActor, id)));
      const rows = await Promise.all(made.map(({ id }) => jobRow(line, id)));
      assert.equal(rows.filter((each) => each.leader_id === null).length, 1);
      await writeFile(gate, '');
      const jobs = await Promise.all(made.map(({ id }) => finish(id)));
      assert.equal(jobs.filter((job) => job.status === 'succeeded' && !job.cached).length, 1);
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
      const elsewhere = line.service({ fanOut: memoryFanOut() });
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
      const elsewhere = line.service({ fanOut: memoryFanOut() });
      const { id } = await create({ tag: 'far', waitForFile: join(line.root, 'never') });
      await until(async () => (await line.jobs.get(testActor, id)).progress === 0.5);
      await elsewhere.cancel(testActor, id);
      await until(() => line.sandbox.stats().children.every((child) => !child.busy));
    });
  });
}

async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}
