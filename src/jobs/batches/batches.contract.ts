import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { mebibyte } from '#kernel/units.ts';
import { collect } from '../collector.ts';
import {
  jobRow,
  openTestLine,
  request,
  type TestEngines,
  type TestLine,
  tenant,
  testActor,
  until,
} from '../test-line.ts';
import type { JobWorker } from '../worker.ts';
import type { Batch, Batches, CreateBatch } from './batch.ts';
import { createBatchService } from './batch-service.ts';

/** What batches promise, on one database. */
export function testBatches(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`batches: ${name}`, { timeout: 120_000 }, () => {
    let line: TestLine;
    let batches: Batches;
    let worker: JobWorker;
    before(async () => {
      line = await openTestLine(await makeEngines());
      batches = createBatchService({ ...line, maxJobMemoryBytes: 256 * mebibyte });
      worker = await line.worker();
    });
    after(() => line.close());

    const create = (items: CreateBatch['items'], rest: Partial<CreateBatch> = {}, actor = testActor) =>
      batches.create(actor, { processor: 'test.script', params: {}, items, ...rest });
    const tagged = (...tags: string[]) => tags.map((tag) => ({ inputs: [], params: { tag } }));
    const single = (params: Record<string, unknown>) => line.jobs.create(testActor, request(params));
    const ended = async ({ id }: Batch) => {
      await until(async () => (await batches.get(testActor, id)).status === 'finished');
      return batches.get(testActor, id);
    };
    const itemsOf = async (id: string) => (await batches.items(testActor, id, { limit: 100 })).items;
    const jobsOf = async (id: string) => (await itemsOf(id)).map((item) => item.job);
    const countRows = async () => {
      const tables = ['jobs', 'job_inputs', 'batches'] as const;
      return Promise.all(tables.map(async (table) => (await line.db.selectFrom(table).selectAll().execute()).length));
    };

    test('good and bad items each come to their own end, and only the bad ones are tried again', async () => {
      const photo = await line.asset('photo');
      await line.db.updateTable('assets').set({ name: 'photo.txt' }).where('id', '=', photo).execute();
      const gate = join(line.root, randomUUID());
      const made = await create(
        [
          { inputs: [photo], params: { tag: 'a' } },
          { inputs: [], params: { tag: 'b', end: 'refuse' }, name: 'my broken one' },
          { inputs: [photo, photo] },
        ],
        { params: { tag: 'every', waitForFile: gate }, metadata: { order: 7 } },
      );
      assert.deepEqual([made.status, made.finishedAt, made.metadata], ['running', null, { order: 7 }]);
      assert.equal(made.counts.total, 3);
      await until(async () => (await batches.get(testActor, made.id)).progress > 0);
      await writeFile(gate, '');
      const done = await ended(made);
      const counts = { total: 3, queued: 0, active: 0, succeeded: 2, failed: 1, cancelled: 0 };
      assert.deepEqual([done.counts, done.progress], [counts, 1]);
      const items = await itemsOf(made.id);
      assert.deepEqual(
        items.map(({ index, name, job }) => [index, name, job.status, job.params['tag'], job.priority, job.batchId]),
        [
          [0, 'photo.txt', 'succeeded', 'a', 'low', made.id],
          [1, 'my broken one', 'failed', 'b', 'low', made.id],
          [2, 'photo.txt', 'succeeded', 'every', 'low', made.id],
        ],
      );
      assert.equal(items[1]?.job.error?.code, 'MEDIA_INVALID');
      assert.ok(done.finishedAt?.getTime() === Math.max(...items.map(({ job }) => job.finishedAt?.getTime() ?? 0)));
      const outputs = await batches.outputs(testActor, made.id);
      const texts = await Promise.all(outputs.map(async ({ sha256 }) => text(await line.store.read(sha256))));
      assert.deepEqual(texts, ['a\nphoto', 'every\nphoto\nphoto']);
      assert.deepEqual(
        outputs.map(({ name, mediaType, sizeBytes }) => [name, mediaType, sizeBytes]),
        [
          ['photo.txt', 'text/plain', 7],
          ['photo.txt', 'text/plain', 17],
        ],
      );

      const mended = sql<string>`params || '{"end":"answer"}'`;
      await line.db.updateTable('jobs').set({ params: mended }).where('error_code', 'is not', null).execute();
      assert.equal((await batches.retry(testActor, made.id)).status, 'running');
      assert.equal((await ended(made)).counts.succeeded, 3);
      assert.deepEqual(
        (await jobsOf(made.id)).map((job) => job.attempts),
        [1, 2, 1],
      );
      await rejectsWith('JOB_NOT_RETRYABLE', batches.retry(testActor, made.id));
      await rejectsWith('JOB_NOT_CANCELLABLE', batches.cancel(testActor, made.id));
    });

    test('a bad item refuses the whole, says which one it is, and leaves nothing', async () => {
      const before = await countRows();
      const refused: [ErrorCode, CreateBatch['items'][number]][] = [
        ['INVALID_PARAMETERS', { inputs: [], params: { end: 'dance' } }],
        ['INVALID_PARAMETERS', { inputs: [], params: { unknown: 1 } }],
        ['INVALID_PARAMETERS', { inputs: [], name: 'nul \0' }],
        ['WRONG_INPUT_COUNT', { inputs: [newId(), newId(), newId()] }],
        ['ASSET_NOT_FOUND', { inputs: [newId()] }],
        ['ASSET_NOT_FOUND', { inputs: ["x'; drop table jobs"] }],
        ['ASSET_NOT_FOUND', { inputs: [await line.asset('theirs', await tenant(line))] }],
        ['RESOURCE_LIMIT', { inputs: [], params: { megabytes: 257 } }],
      ];
      for (const [code, bad] of refused) {
        const error = await rejectsWith(code, create([...tagged('good', 'fine'), bad, ...tagged('well')]));
        assert.equal(error.extensions['index'], 2);
        assert.match(error.detail, /^inputs\[2\]: /);
      }
      await rejectsWith('UNKNOWN_PROCESSOR', create(tagged('x'), { processor: 'image.magic' }));
      await rejectsWith('INVALID_PARAMETERS', create([]));
      await rejectsWith('INVALID_PARAMETERS', create(Array.from({ length: 1_001 }, () => ({ inputs: [] }))));
      const long = { inputs: [], params: { waitForFile: 'x'.repeat(60_000) } };
      await rejectsWith('INVALID_PARAMETERS', create(Array.from({ length: 200 }, () => long)));
      assert.deepEqual(await countRows(), before);
    });

    test('what is known is taken, what is in flight or asked for twice is done once', async () => {
      const known = await line.jobs.waitFor(testActor, (await single({ tag: 'known' })).id, 60_000);
      const gate = join(line.root, randomUUID());
      const waiting = { waitForFile: gate };
      const inFlight = await single({ tag: 'flight', ...waiting });
      const made = await create([
        ...tagged('known'),
        ...['flight', 'twice', 'twice'].map((tag) => ({ inputs: [], params: { tag, ...waiting } })),
      ]);
      assert.deepEqual([made.counts.succeeded, made.counts.total], [1, 4]);
      await writeFile(gate, '');
      await ended(made);
      const jobs = await jobsOf(made.id);
      assert.deepEqual(
        jobs.map((job) => [job.status, job.cached, job.attempts]),
        [
          ['succeeded', true, 0],
          ['succeeded', true, 0],
          ['succeeded', false, 1],
          ['succeeded', true, 0],
        ],
      );
      assert.deepEqual(jobs[0]?.outputs, known.outputs);
      assert.equal(jobs[2]?.outputs[0]?.sha256, jobs[3]?.outputs[0]?.sha256);
      assert.equal((await line.jobs.get(testActor, inFlight.id)).attempts, 1);
      await line.store.deleteIfOlder(known.outputs[0]?.sha256 ?? '', -1_000);
      const again = await ended(await create(tagged('known')));
      assert.equal((await jobsOf(again.id))[0]?.cached, false, 'its bytes were gone');
    });

    test('batches of the same work at once, in any order, do each of it once', async () => {
      const tags = Array.from({ length: 60 }, (_, n) => `race ${n}`);
      const orders = [tags, tags.toReversed(), [...tags.slice(30), ...tags.slice(0, 30)]];
      const singles = tags.slice(20, 30).map((tag) => single({ tag }));
      const made = await Promise.all(orders.map((order) => create(tagged(...order))));
      await Promise.all(singles);
      for (const batch of made) assert.equal((await ended(batch)).counts.succeeded, 60);
      const { attempts } = await line.db
        .selectFrom('jobs')
        .select(sql<number>`sum(attempt)::int`.as('attempts'))
        .where(sql`params ->> 'tag'`, 'like', 'race %')
        .executeTakeFirstOrThrow();
      assert.equal(attempts, 60);
    });

    test('one idempotency key is one batch, for the same request', async () => {
      const keyed = { idempotencyKey: randomUUID() };
      const made = await Promise.all(Array.from({ length: 20 }, () => create(tagged('k1', 'k2'), keyed)));
      assert.equal(new Set(made.map((batch) => batch.id)).size, 1);
      await rejectsWith('IDEMPOTENCY_KEY_REUSED', create(tagged('k1'), keyed));
      assert.equal((await ended(made[0] as Batch)).counts.total, 2);
    });

    test('a thousand items are one batch in its order, shown page by page', async () => {
      const stranger = await tenant(line);
      const tags = Array.from({ length: 1_000 }, (_, n) => `n ${n}`);
      worker.pause();
      const made = await create(tagged(...tags), {}, stranger);
      assert.deepEqual([made.counts.total, made.counts.queued], [1_000, 1_000]);
      const seen: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await batches.items(stranger, made.id, { limit: 90, ...(cursor !== undefined && { cursor }) });
        seen.push(...page.items.map(({ index, job }) => [index, job.params['tag']]));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      assert.deepEqual(
        seen,
        tags.map((tag, index) => [index, tag]),
      );
      await rejectsWith('BAD_REQUEST', batches.items(stranger, made.id, { limit: 2, cursor: 'nonsense' }));
      assert.deepEqual((await batches.cancel(stranger, made.id)).counts.cancelled, 1_000);
      await batches.remove(stranger, made.id);
      worker.resume();
    });

    test('its jobs stand behind those that somebody waits for', async () => {
      const made = await create(tagged('background'));
      const [item] = await jobsOf(made.id);
      const alone = await single({ tag: 'awaited' });
      const place = async (id = '') => (await jobRow(line, id)).turn_at;
      assert.ok((await place(item?.id)) > (await place(alone.id)));
      const urgent = await create(tagged('urgent'), { priority: 'high' });
      assert.ok((await place((await jobsOf(urgent.id))[0]?.id)) < (await place(alone.id)));
    });

    test('what somebody waits for leaves the batch’s place in line', async () => {
      worker.pause();
      const made = await create(tagged(...Array.from({ length: 30 }, (_, n) => `place ${n}`)));
      const awaited = await single({ tag: 'place 29' });
      const items = await jobsOf(made.id);
      const last = await jobRow(line, items[29]?.id ?? '');
      assert.equal((await jobRow(line, awaited.id)).leader_id, last.id);
      assert.ok(last.turn_at < (await jobRow(line, items[0]?.id ?? '')).turn_at);
      worker.resume();
      await ended(made);
      const started = (await jobsOf(made.id)).map((job) => job.startedAt?.getTime() ?? 0);
      const before = started.filter((timeMs) => timeMs < (started[29] ?? 0)).length;
      assert.ok(before < 8, `${before} were started before it; four are taken at a time`);
    });

    test('cancelling stops its jobs; who else waits for their work goes on with it', async () => {
      const gate = join(line.root, randomUUID());
      const waiting = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map((tag) => ({ tag, waitForFile: gate }));
      const leader = await single(waiting[0] ?? {});
      const made = await create(waiting.map((params) => ({ inputs: [], params })));
      const heir = await single(waiting[1] ?? {});
      assert.equal((await jobRow(line, heir.id)).leader_id, (await jobsOf(made.id))[1]?.id);
      await until(async () => (await batches.get(testActor, made.id)).counts.active > 0);
      const cancelled = await batches.cancel(testActor, made.id);
      assert.deepEqual([cancelled.status, cancelled.counts.cancelled, cancelled.progress], ['finished', 6, 1]);
      assert.equal((await jobRow(line, heir.id)).leader_id, null);

      await batches.retry(testActor, made.id);
      const retried = await Promise.all((await jobsOf(made.id)).map((job) => jobRow(line, job.id)));
      assert.deepEqual(
        retried.map((row) => row.leader_id),
        [leader.id, heir.id, null, null, null, null],
      );
      await writeFile(gate, '');
      assert.equal((await ended(made)).counts.succeeded, 6);
      assert.equal((await line.jobs.waitFor(testActor, heir.id, 60_000)).status, 'succeeded');
    });

    test('removing takes its jobs along and stops them', async () => {
      const never = { waitForFile: join(line.root, 'never') };
      const made = await create([{ inputs: [], params: { tag: 'r1', ...never } }, ...tagged('r2')]);
      const [first] = await jobsOf(made.id);
      await until(async () => (await line.jobs.get(testActor, first?.id ?? '')).progress === 0.5);
      await batches.remove(testActor, made.id);
      await rejectsWith('BATCH_NOT_FOUND', batches.get(testActor, made.id));
      await rejectsWith('JOB_NOT_FOUND', line.jobs.get(testActor, first?.id ?? ''));
      await until(() => line.sandbox.stats().children.every((child) => !child.busy));
    });

    test('lists show batches newest first, and jobs of one batch, of none, or all', async () => {
      const stranger = await tenant(line);
      const made: string[] = [];
      for (const tag of ['l1', 'l2', 'l3']) made.push((await create(tagged(tag, `${tag}b`), {}, stranger)).id);
      const alone = await line.jobs.create(stranger, request({ tag: 'alone' }));
      const first = await batches.list(stranger, { limit: 2 });
      const second = await batches.list(stranger, { limit: 2, cursor: first.nextCursor ?? '' });
      assert.deepEqual(
        [...first.items, ...second.items].map((batch) => batch.id),
        made.toReversed(),
      );
      assert.equal(second.nextCursor, null);
      assert.equal(first.items[0]?.counts.total, 2);
      const jobs = async (batch?: string | null) =>
        (await line.jobs.list(stranger, { limit: 50, ...(batch !== undefined && { batch }) })).items;
      assert.equal((await jobs()).length, 7);
      assert.deepEqual(
        (await jobs(null)).map((job) => job.id),
        [alone.id],
      );
      assert.deepEqual((await jobs(made[1])).map((job) => job.params['tag']).toSorted(), ['l2', 'l2b']);
      assert.deepEqual([await jobs('no id'), await jobs(newId())], [[], []]);
    });

    test('other tenants’ batches do not exist', async () => {
      const { id } = await create(tagged('mine'));
      const stranger = await tenant(line);
      for (const call of [
        () => batches.get(stranger, id),
        () => batches.items(stranger, id, { limit: 1 }),
        () => batches.outputs(stranger, id),
        () => batches.retry(stranger, id),
        () => batches.cancel(stranger, id),
        () => batches.remove(stranger, id),
        () => batches.get(testActor, 'not an id'),
      ]) {
        await rejectsWith('BATCH_NOT_FOUND', call());
      }
      assert.deepEqual((await batches.list(stranger, { limit: 5 })).items, []);
      assert.equal((await batches.get(testActor, id)).id, id);
    });

    test('a word that nobody hears costs a batch time, not its jobs', async () => {
      const unheard = createBatchService({ ...line, fanOut: memoryFanOut(), maxJobMemoryBytes: 256 * mebibyte });
      const items = tagged('p1', 'p2');
      const made = await unheard.create(testActor, { processor: 'test.script', params: {}, items });
      assert.equal((await ended(made)).counts.succeeded, 2);
    });

    test('its jobs expire as jobs do, and it goes with the last of them', async () => {
      const stranger = await tenant(line);
      const gate = join(line.root, randomUUID());
      const { id } = await create(
        [...tagged('old'), { inputs: [], params: { tag: 'late', waitForFile: gate } }],
        {},
        stranger,
      );
      await until(async () => (await batches.get(stranger, id)).counts.succeeded === 1);
      const expire = { minAgeMs: 60_000, resultTtlMs: -1_000 };
      assert.equal((await batches.get(stranger, id)).counts.total, 2);
      await collect(line, expire);
      assert.deepEqual((await batches.get(stranger, id)).counts.total, 1);
      await writeFile(gate, '');
      await until(async () => (await batches.get(stranger, id)).status === 'finished');
      assert.ok((await collect(line, expire)).batches >= 1);
      await rejectsWith('BATCH_NOT_FOUND', batches.get(stranger, id));
    });
  });
}

async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => assert.fail(`${code} was expected`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.detail);
  return error;
}
