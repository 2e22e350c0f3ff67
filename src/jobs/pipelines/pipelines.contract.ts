import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { createAssets } from '#assets/asset-service.ts';
import { inspectStored } from '#assets/inspect-stored.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { mebibyte } from '#kernel/units.ts';
import { cancelledNow } from '../settle-job.ts';
import { openTestLine, type TestEngines, type TestLine, tenant, testActor, until } from '../test-line.ts';
import { retryPipeline } from './change-pipeline.ts';
import type { CreatePipeline, CreateStep, Pipeline } from './pipeline.ts';
import { startPipelineAdvancer } from './pipeline-advancer.ts';
import { createPipelineService, type PipelineService } from './pipeline-service.ts';

/** What pipelines promise, on one database. */
export function testPipelines(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`pipelines: ${name}`, { timeout: 120_000 }, () => {
    const limits = { maxPixels: 1_000_000, maxFrames: 10, maxDurationSeconds: 14_400 };
    const forEverMs = 1_000_000_000;
    let line: TestLine;
    let pipelines: PipelineService;
    let closing: () => Promise<unknown>;

    const service = (own: Partial<TestLine> = {}) =>
      createPipelineService({
        ...line,
        ...own,
        maxJobMemoryBytes: 256 * mebibyte,
        inspect: (sha256) => inspectStored(line.store, sha256, line.root, limits),
      });
    const advancer = (
      own: Partial<TestLine> = {},
      options = { intervalMs: 50, expiryMs: 50, resultTtlMs: forEverMs },
    ) => startPipelineAdvancer({ ...line, ...own, pipelines: service(own) }, options);

    before(async () => {
      line = await openTestLine(await makeEngines());
      pipelines = service();
      const running = [advancer({}, { intervalMs: 20_000, expiryMs: 20_000, resultTtlMs: forEverMs }), advancer()];
      closing = () => Promise.all(running.map((each) => each.close()));
      await line.worker();
    });
    after(async () => {
      await closing();
      await line.close();
    });

    const create = (steps: readonly CreateStep[], rest: Partial<CreatePipeline> = {}, actor = testActor) =>
      pipelines.create(actor, { steps, ...rest });
    const script = (id: string, params: Record<string, unknown> = {}, inputs?: CreateStep['inputs']): CreateStep => ({
      id,
      processor: 'test.script',
      params: { tag: id, ...params },
      ...(inputs && { inputs }),
    });
    const from = (...ids: string[]) => ids.map((step) => ({ step, output: 0 }));
    const read = (id: string) => pipelines.get(testActor, id);
    const ended = async ({ id }: Pipeline) => {
      await until(async () => (await read(id)).status !== 'active');
      return read(id);
    };
    const statuses = ({ steps }: Pipeline) => Object.fromEntries(steps.map((step) => [step.id, step.status]));
    const stepOf = (pipeline: Pipeline, id: string) => {
      const step = pipeline.steps.find((each) => each.id === id);
      assert.ok(step);
      return step;
    };
    const textOf = async (pipeline: Pipeline, id: string) =>
      text(await line.store.read(stepOf(pipeline, id).job?.outputs[0]?.sha256 ?? ''));
    const gate = () => join(line.root, randomUUID());
    const countOf = async (table: 'jobs' | 'assets' | 'pipelines' | 'pipeline_steps') =>
      (await line.db.selectFrom(table).select(sql`1`.as('one')).execute()).length;

    test('each step works on what the ones before it made, and nothing is uploaded again', async () => {
      const asset = await line.asset('photo');
      const made = await create(
        [script('cut'), script('small'), script('both', {}, [...from('small'), { input: 0 }])],
        { name: 'shop', inputs: [asset], priority: 'high', metadata: { order: 7 } },
      );
      assert.deepEqual(
        [made.status, made.name, made.finishedAt, made.metadata],
        ['active', 'shop', null, { order: 7 }],
      );
      assert.deepEqual(stepOf(made, 'small').inputs, from('cut'));
      const done = await ended(made);
      assert.deepEqual(statuses(done), { cut: 'succeeded', small: 'succeeded', both: 'succeeded' });
      assert.deepEqual([done.status, done.progress], ['succeeded', 1]);
      assert.ok((done.finishedAt?.getTime() ?? 0) >= done.createdAt.getTime());
      assert.equal(await textOf(done, 'both'), 'both\nsmall\ncut\nphoto\nphoto');
      const last = await line.jobs.get(testActor, stepOf(done, 'both').jobId ?? '');
      assert.deepEqual([last.attempts, last.priority, last.inputs[1]], [1, 'high', asset]);
      const assets = createAssets({ ...line, scratchDir: line.root, limits: { ...limits, maxUploadBytes: 1_000 } });
      const derived = await assets.get(testActor, last.inputs[0] ?? '');
      assert.equal(derived.sha256, stepOf(done, 'small').job?.outputs[0]?.sha256);
      const listed = (await assets.list(testActor, { limit: 100 })).items.map(({ id }) => id);
      assert.ok(listed.includes(asset) && !listed.includes(derived.id));
    });

    test('a step that fails takes those behind it along, and no others; a retry does what is missing', async () => {
      const path = gate();
      const made = await create([
        script('good', {}, []),
        script('bad', { end: 'refuse' }, []),
        script('behind bad', {}, from('bad')),
        script('further', {}, from('good', 'behind bad')),
        script('beside', { waitForFile: path }, from('good')),
      ]);
      await until(async () => statuses(await read(made.id))['further'] === 'skipped');
      assert.equal((await read(made.id)).status, 'active');
      await writeFile(path, '');
      const failed = await ended(made);
      assert.deepEqual(statuses(failed), {
        good: 'succeeded',
        bad: 'failed',
        'behind bad': 'skipped',
        further: 'skipped',
        beside: 'succeeded',
      });
      assert.deepEqual([failed.status, stepOf(failed, 'bad').error?.code], ['failed', 'MEDIA_INVALID']);
      assert.equal(await textOf(failed, 'beside'), 'beside\ngood');

      const mended = sql<string>`params || '{"end":"answer"}'`;
      await line.db.updateTable('pipeline_steps').set({ params: mended }).where('step', '=', 'bad').execute();
      assert.equal((await pipelines.retry(testActor, made.id)).status, 'active');
      const done = await ended(made);
      assert.equal(done.status, 'succeeded');
      assert.equal(await textOf(done, 'further'), 'further\ngood\nbehind bad\nbad');
      for (const id of ['good', 'beside']) assert.equal(stepOf(done, id).jobId, stepOf(failed, id).jobId);
      await rejectsWith('JOB_NOT_RETRYABLE', pipelines.retry(testActor, made.id));
      await rejectsWith('JOB_NOT_CANCELLABLE', pipelines.cancel(testActor, made.id));
    });

    test('what cannot be done is refused whole, says which step, and leaves nothing', async () => {
      const counts = () => Promise.all((['jobs', 'assets', 'pipelines', 'pipeline_steps'] as const).map(countOf));
      const theirs = await line.asset('theirs', await tenant(line));
      const before = await counts();
      const good = script('good', {}, []);
      const refused: [ErrorCode, CreateStep][] = [
        ['PIPELINE_INVALID', script('good', {}, [])],
        ['PIPELINE_INVALID', script('x', {}, from('x'))],
        ['PIPELINE_INVALID', script('x', {}, from('later'))],
        ['PIPELINE_INVALID', script('x', {}, [{ input: 0 }])],
        ['PIPELINE_INVALID', script('x', {}, [{ step: 'good', output: 1_000_000 }])],
        ['UNKNOWN_PROCESSOR', { id: 'x', processor: 'image.magic', inputs: [] }],
        ['INVALID_PARAMETERS', script('x', { end: 'dance' }, [])],
        ['INVALID_PARAMETERS', script('x', { unknown: 1 }, from('good'))],
        ['INVALID_PARAMETERS', script('nul \0', {}, [])],
        ['WRONG_INPUT_COUNT', script('x', {}, from('good', 'good', 'good'))],
        ['WRONG_INPUT_COUNT', { id: 'x', processor: 'test.compose', inputs: [] }],
        ['ASSET_NOT_FOUND', script('x', {}, [{ asset: newId() }, ...from('good')])],
        ['ASSET_NOT_FOUND', script('x', {}, [{ asset: "x'; drop table jobs" }])],
        ['ASSET_NOT_FOUND', script('x', {}, [{ asset: theirs }])],
        ['RESOURCE_LIMIT', script('x', { megabytes: 257 }, [])],
      ];
      for (const [code, bad] of refused) {
        const error = await rejectsWith(code, create([good, bad, script('later', {}, [])]));
        assert.deepEqual([error.extensions['index'], error.extensions['step']], [1, bad.id]);
        assert.match(error.detail, /^steps\[1\] \(/);
      }
      await rejectsWith('PIPELINE_INVALID', create([]));
      await rejectsWith('PIPELINE_INVALID', create(Array.from({ length: 21 }, (_, at) => script(`${at}`, {}, []))));
      assert.deepEqual(await counts(), before);
    });

    test('what is known is taken step by step, and what is in flight is done once', async () => {
      const chain = (last: string) => [script('k1', {}, []), script('k2'), script(last)];
      const first = await ended(await create(chain('k3')));
      const again = await ended(await create(chain('k4')));
      assert.deepEqual(
        again.steps.map(({ job }) => [job?.cached, job?.attempts]),
        [
          [true, 0],
          [true, 0],
          [false, 1],
        ],
      );
      assert.deepEqual(stepOf(again, 'k2').job?.outputs, stepOf(first, 'k2').job?.outputs);
      const known = await create(chain('k3'));
      assert.equal(known.status, 'succeeded', 'all of it was known');

      const [firstGate, secondGate] = [gate(), gate()];
      const flight = () =>
        create([script('f1', { waitForFile: firstGate }, []), script('f2', { waitForFile: secondGate })]);
      const both = await Promise.all([flight(), flight()]);
      await writeFile(firstGate, '');
      // Nothing ends while the other looks whether it is in flight.
      for (const { id } of both) await until(async () => stepOf(await read(id), 'f2').jobId !== null);
      await writeFile(secondGate, '');
      const done = await Promise.all(both.map(ended));
      const attemptsAt = (at: number) => done.reduce((sum, { steps }) => sum + (steps[at]?.job?.attempts ?? 0), 0);
      assert.deepEqual([attemptsAt(0), attemptsAt(1)], [1, 1]);
    });

    test('one idempotency key is one pipeline, for the same request', async () => {
      const keyed = { idempotencyKey: randomUUID() };
      const made = await Promise.all(Array.from({ length: 10 }, () => create([script('one', {}, [])], keyed)));
      assert.equal(new Set(made.map(({ id }) => id)).size, 1);
      await rejectsWith('IDEMPOTENCY_KEY_REUSED', create([script('other', {}, [])], keyed));
      await ended(made[0] as Pipeline);
    });

    test('many who advance a pipeline at once give each step one job', async () => {
      const path = gate();
      const made = await create([
        script('root', { waitForFile: path }, []),
        ...['a', 'b', 'c'].map((id) => script(id, {}, from('root'))),
      ]);
      const before = await countOf('jobs');
      await writeFile(path, '');
      await line.jobs.waitFor(testActor, stepOf(made, 'root').jobId ?? '', 60_000);
      await Promise.all(Array.from({ length: 10 }, () => pipelines.advance(testActor.tenantId, made.id)));
      await ended(made);
      assert.equal(await countOf('jobs'), before + 3);
    });

    test('what nobody heard of is found', async () => {
      const path = gate();
      const made = await create([script('u1', { waitForFile: path }, []), script('u2')]);
      await until(async () => statuses(await read(made.id))['u1'] === 'active');
      // As if whoever ended it had died before it told anybody.
      const jobId = stepOf(made, 'u1').jobId ?? '';
      await line.db.updateTable('jobs').set(cancelledNow()).where('id', '=', jobId).execute();
      assert.deepEqual(statuses(await ended(made)), { u1: 'cancelled', u2: 'skipped' });
      await writeFile(path, '');

      // As if whoever retried it had died before it went on.
      await retryPipeline(line.tenantDb, testActor, made.id);
      assert.deepEqual(statuses(await ended(made)), { u1: 'succeeded', u2: 'succeeded' });
    });

    test('a job that is cancelled or removed by itself ends its step', async () => {
      const path = gate();
      const steps = [script('c1', { waitForFile: path }, []), script('c2'), script('c3', {}, [])];
      const cancelled = await create(steps);
      await line.jobs.cancel(testActor, stepOf(cancelled, 'c1').jobId ?? '');
      const after = await ended(cancelled);
      assert.deepEqual(
        [after.status, statuses(after)],
        ['cancelled', { c1: 'cancelled', c2: 'skipped', c3: 'succeeded' }],
      );
      const removed = await create(steps);
      await line.jobs.remove(testActor, stepOf(removed, 'c1').jobId ?? '');
      assert.deepEqual(statuses(await ended(removed)), { c1: 'cancelled', c2: 'skipped', c3: 'succeeded' });
      await writeFile(path, '');
      const again = await pipelines.retry(testActor, removed.id);
      assert.equal((await ended(again)).status, 'succeeded');
    });

    test('a reference to what a step did not make fails the step that needs it', async () => {
      const made = await create([script('o1', {}, []), script('o2', {}, [{ step: 'o1', output: 1 }]), script('o3')]);
      const done = await ended(made);
      assert.deepEqual([done.status, statuses(done)], ['failed', { o1: 'succeeded', o2: 'failed', o3: 'skipped' }]);
      assert.deepEqual([stepOf(done, 'o2').error?.code, stepOf(done, 'o2').jobId], ['OUTPUT_NOT_FOUND', null]);
      assert.match(stepOf(done, 'o2').error?.detail ?? '', /has 1 outputs/);
    });

    test('cancelling ends all that has not ended and keeps the rest; what others wait for goes on', async () => {
      const path = gate();
      const made = await create([script('x1', {}, []), script('x2', { waitForFile: path }), script('x3')]);
      await until(async () => statuses(await read(made.id))['x2'] === 'active');
      const jobId = stepOf(await read(made.id), 'x2').jobId ?? '';
      const shared = await create([script('x1', {}, []), script('x2', { waitForFile: path })]);
      const cancelled = await pipelines.cancel(testActor, made.id);
      assert.deepEqual(
        [cancelled.status, statuses(cancelled)],
        ['cancelled', { x1: 'succeeded', x2: 'cancelled', x3: 'cancelled' }],
      );
      assert.equal((await line.jobs.get(testActor, jobId)).status, 'cancelled');
      await writeFile(path, '');
      assert.equal((await ended(shared)).status, 'succeeded');
      await pipelines.advance(testActor.tenantId, made.id);
      assert.deepEqual(await read(made.id), cancelled);
      assert.equal((await ended(await pipelines.retry(testActor, made.id))).status, 'succeeded');
    });

    test('removing it removes its jobs and what they made for each other', async () => {
      const counts = () => Promise.all((['jobs', 'assets', 'pipelines', 'pipeline_steps'] as const).map(countOf));
      const before = await counts();
      const path = gate();
      const made = await create([script('r1', {}, []), script('r2', { waitForFile: path })]);
      await until(async () => statuses(await read(made.id))['r2'] === 'active');
      await pipelines.remove(testActor, made.id);
      await rejectsWith('PIPELINE_NOT_FOUND', read(made.id));
      assert.deepEqual(await counts(), before);
      await writeFile(path, '');
    });

    test('a tenant sees its own, newest first', async () => {
      const stranger = await tenant(line);
      const made: string[] = [];
      for (let at = 0; at < 3; at++) made.push((await create([script(`${at}`, {}, [])], {}, stranger)).id);
      const first = await pipelines.list(stranger, { limit: 2 });
      assert.deepEqual(
        first.items.map(({ id }) => id),
        [made[2], made[1]],
      );
      const rest = await pipelines.list(stranger, { limit: 2, cursor: first.nextCursor ?? '' });
      assert.deepEqual([rest.items.map(({ id }) => id), rest.nextCursor], [[made[0]], null]);
      for (const id of [made[0] ?? '', newId(), 'nonsense']) {
        for (const act of ['get', 'retry', 'cancel', 'remove'] as const) {
          await rejectsWith('PIPELINE_NOT_FOUND', pipelines[act](testActor, id));
        }
      }
    });

    test('what has ended long ago goes, with what its steps made for each other', async () => {
      const made = await ended(await create([script('e1', {}, []), script('e2')]));
      const derivedOf = () => line.db.selectFrom('assets').select('id').where('pipeline_id', '=', made.id).execute();
      assert.equal((await derivedOf()).length, 1);
      const patient = await tenant(line);
      await line.db.updateTable('tenants').set({ result_ttl_seconds: 0 }).where('id', '=', patient.tenantId).execute();
      const kept = await create([script('e1', {}, [])], {}, patient);
      await until(async () => (await pipelines.get(patient, kept.id)).status === 'succeeded');
      await line.db
        .updateTable('pipelines')
        .set({ finished_at: new Date(Date.now() - forEverMs - 1_000) })
        .where('id', 'in', [made.id, kept.id])
        .execute();
      await until(async () => (await derivedOf()).length === 0);
      await rejectsWith('PIPELINE_NOT_FOUND', read(made.id));
      assert.equal((await pipelines.get(patient, kept.id)).status, 'succeeded', 'its tenant keeps everything');
    });
  });
}

async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AppError, `${code} expected`);
  assert.equal(error.code, code, error.detail);
  return error;
}
