import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { Actor } from '#kernel/actor.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { mebibyte } from '#kernel/units.ts';
import { createBatchService } from '../batches/batch-service.ts';
import { createPipelineService } from '../pipelines/pipeline-service.ts';
import { openTestLine, type TestEngines, type TestLine, tenant, testActor, until } from '../test-line.ts';
import type { CreateSchedule, ScheduledWork, Schedules } from './schedule.ts';
import { createScheduleService } from './schedule-service.ts';
import { runDue, startScheduler } from './scheduler.ts';

/** What schedules promise, on one database. */
export function testSchedules(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`schedules: ${name}`, { timeout: 120_000 }, () => {
    let line: TestLine;
    let schedules: Schedules;
    let deps: Parameters<typeof createScheduleService>[0] & Parameters<typeof runDue>[0];

    before(async () => {
      line = await openTestLine(await makeEngines());
      const limits = { maxJobMemoryBytes: 256 * mebibyte };
      deps = {
        ...line,
        ...limits,
        log: pino({ level: 'silent' }),
        batches: createBatchService({ ...line, ...limits }),
        pipelines: createPipelineService({ ...line, ...limits, inspect: () => Promise.reject(new Error('unused')) }),
      };
      schedules = createScheduleService(deps);
    });
    after(() => line.close());

    /** Work that nobody has asked for yet. */
    const job = (rest: object = {}): ScheduledWork => ({
      kind: 'job',
      request: { processor: 'test.script', inputs: [], params: { tag: newId().slice(-20) }, ...rest },
    });
    const create = (rest: Partial<CreateSchedule> = {}, actor: Actor = testActor) =>
      schedules.create(actor, { cron: '0 3 * * *', work: job(), ...rest });

    /** As if it had been due then. */
    async function makeDue(id: string, ago = '1 second'): Promise<Date> {
      const { next_at } = await line.db
        .updateTable('schedules')
        .set({ next_at: sql<Date>`date_trunc('milliseconds', now() - ${ago}::interval)` })
        .where('id', '=', id)
        .returning('next_at')
        .executeTakeFirstOrThrow();
      assert.ok(next_at);
      return next_at;
    }

    const startedBy = async (id: string) => {
      const started = line.db.selectFrom('jobs').select(['id', 'status', 'idempotency_key']);
      return started.where('idempotency_key', 'like', `schedule:${id}:%`).execute();
    };

    const end = (id: string) =>
      line.db.updateTable('jobs').set({ status: 'cancelled', finished_at: new Date() }).where('id', '=', id).execute();

    test('a time that is due starts its work once, whoever looks, however often', async () => {
      const made = await create({ name: ' nightly ', timeZone: 'America/Sao_Paulo' });
      assert.deepEqual([made.name, made.overlap, made.paused, made.lastRun], ['nightly', 'skip', false, null]);
      assert.equal(made.nextAt?.toISOString().slice(11, 16), '06:00');
      await runDue(deps);
      assert.deepEqual(await startedBy(made.id), [], 'not before its time');
      const at = await makeDue(made.id);
      const others = Array.from({ length: 4 }, () => startScheduler(deps, { intervalMs: 5 }));
      await until(async () => (await schedules.get(testActor, made.id)).lastRun !== null);
      await Promise.all([runDue(deps), runDue(deps), runDue(deps)]);
      await Promise.all(others.map((each) => each.close()));
      const [started, ...more] = await startedBy(made.id);
      assert.deepEqual(more, []);
      assert.equal(started?.idempotency_key, `schedule:${made.id}:${at.toISOString()}`);
      const { lastRun, nextAt } = await schedules.get(testActor, made.id);
      assert.deepEqual(lastRun, { at, status: 'started', id: started?.id, error: null });
      assert.deepEqual(nextAt, made.nextAt);
    });

    test('who dies between the work and the row leaves nothing to be done twice', async () => {
      const { id, nextAt } = await create();
      const at = await makeDue(id);
      // What a process that died had done.
      const { work } = await schedules.get(testActor, id);
      assert.ok(work.kind === 'job');
      const idempotencyKey = `schedule:${id}:${at.toISOString()}`;
      const orphan = await line.jobs.create(testActor, { ...work.request, idempotencyKey });
      await runDue(deps);
      assert.deepEqual(
        (await startedBy(id)).map((each) => each.id),
        [orphan.id],
      );
      const after = await schedules.get(testActor, id);
      assert.deepEqual([after.lastRun?.id, after.nextAt], [orphan.id, nextAt]);
    });

    test('a run that goes on is waited for, unless several may go on at once', async () => {
      const [skipping, allowing] = [await create(), await create({ overlap: 'allow' })];
      for (const round of [1, 2]) {
        for (const { id } of [skipping, allowing]) await makeDue(id, `${3 - round} seconds`);
        await runDue(deps);
      }
      const { lastRun } = await schedules.get(testActor, skipping.id);
      const [first] = await startedBy(skipping.id);
      assert.deepEqual([lastRun?.status, lastRun?.id], ['skipped', first?.id]);
      assert.equal((await startedBy(skipping.id)).length, 1);
      assert.equal((await startedBy(allowing.id)).length, 2);
      await end(first?.id ?? '');
      await makeDue(skipping.id, '500 milliseconds');
      await runDue(deps);
      assert.equal((await schedules.get(testActor, skipping.id)).lastRun?.status, 'started');
      assert.equal((await startedBy(skipping.id)).length, 2);
    });

    test('times that went by while nobody looked are one run', async () => {
      const { id } = await create({ cron: '* * * * *' });
      await makeDue(id, '3 days');
      await runDue(deps);
      await runDue(deps);
      assert.equal((await startedBy(id)).length, 1);
      const { nextAt } = await schedules.get(testActor, id);
      assert.ok(nextAt && nextAt > new Date(Date.now() - 60_000));
    });

    test('what cannot be started is told, and tried at the next time', async () => {
      const asset = await line.asset();
      const { id } = await create({ work: job({ inputs: [asset] }) });
      await line.db.deleteFrom('assets').where('id', '=', asset).execute();
      const at = await makeDue(id);
      await runDue(deps);
      const { lastRun, nextAt } = await schedules.get(testActor, id);
      assert.deepEqual([lastRun?.at, lastRun?.status, lastRun?.error?.code], [at, 'failed', 'ASSET_NOT_FOUND']);
      assert.ok(nextAt && nextAt > new Date());
    });

    test('what may pass by itself leaves the time due', async () => {
      const { id } = await create();
      await makeDue(id);
      const overloaded = { create: () => Promise.reject(new AppError('OVERLOADED', 'Busy.')) };
      await runDue({ ...deps, jobs: overloaded });
      assert.equal((await schedules.get(testActor, id)).lastRun, null);
      await runDue(deps);
      assert.equal((await schedules.get(testActor, id)).lastRun?.status, 'started');
    });

    test('batches and pipelines are started too, and waited for', async () => {
      const { processor, params } = { processor: 'test.script', params: { tag: newId().slice(-20) } };
      const batch = await create({ work: { kind: 'batch', request: { processor, params, items: [{ inputs: [] }] } } });
      const steps = [{ id: 'only', processor, params: { tag: newId().slice(-20) } }];
      const pipeline = await create({ work: { kind: 'pipeline', request: { steps } } });
      for (const round of [1, 2]) {
        for (const { id } of [batch, pipeline]) await makeDue(id, `${3 - round} seconds`);
        await runDue(deps);
        const runs = await Promise.all([batch, pipeline].map(({ id }) => schedules.get(testActor, id)));
        const expected = round === 1 ? 'started' : 'skipped';
        assert.deepEqual(
          runs.map(({ lastRun }) => lastRun?.status),
          [expected, expected],
        );
        const ids = runs.map(({ lastRun }) => lastRun?.id ?? '');
        const made = [
          line.db.selectFrom('batches').select('id'),
          line.db.selectFrom('pipelines').select('id'),
        ] as const;
        assert.ok(await made[0].where('id', '=', ids[0] ?? '').executeTakeFirst());
        assert.ok(await made[1].where('id', '=', ids[1] ?? '').executeTakeFirst());
      }
    });

    test('paused, it waits; resumed, it does not make up for what went by; by hand it runs at any time', async () => {
      const { id } = await create({ paused: true });
      assert.equal((await schedules.get(testActor, id)).nextAt, null);
      await makeDue(id, '1 day');
      await runDue(deps);
      assert.deepEqual(await startedBy(id), []);
      const run = await schedules.run(testActor, id);
      const again = await schedules.run(testActor, id);
      assert.equal(run.lastRun?.status, 'started');
      assert.notEqual(again.lastRun?.id, run.lastRun?.id);
      const resumed = await schedules.update(testActor, id, { paused: false });
      assert.ok(resumed.nextAt && resumed.nextAt > new Date());
      await runDue(deps);
      assert.equal((await startedBy(id)).length, 2);
    });

    test('what could not be started is refused before it is kept', async () => {
      const { id, ...made } = await create();
      const wrong: [ErrorCode, Partial<CreateSchedule>][] = [
        ['SCHEDULE_INVALID', { cron: '* * * * * *' }],
        ['SCHEDULE_INVALID', { timeZone: 'Mars/Olympus' }],
        ['SCHEDULE_INVALID', { cron: '0 0 30 2 *' }],
        ['UNKNOWN_PROCESSOR', { work: job({ processor: 'test.nothing' }) }],
        ['INVALID_PARAMETERS', { work: job({ params: { nonsense: 1 } }) }],
        ['INVALID_PARAMETERS', { work: job({ metadata: { long: 'x'.repeat(300_000) } }) }],
        ['ASSET_NOT_FOUND', { work: job({ inputs: [newId()] }) }],
        [
          'ASSET_NOT_FOUND',
          {
            work: { kind: 'batch', request: { processor: 'test.script', params: {}, items: [{ inputs: [newId()] }] } },
          },
        ],
        ['PIPELINE_INVALID', { work: { kind: 'pipeline', request: { steps: [] } } }],
      ];
      for (const [code, request] of wrong) {
        await rejectsWith(code, create(request));
        await rejectsWith(code, schedules.update(testActor, id, request));
      }
      const { createdAt, work } = await schedules.get(testActor, id);
      assert.deepEqual([createdAt, work], [made.createdAt, made.work]);
      const changed = await schedules.update(testActor, id, { cron: '30 4 * * *', name: 'other', overlap: 'allow' });
      assert.deepEqual(
        [changed.cron, changed.name, changed.overlap, changed.nextAt?.toISOString().slice(11, 16), changed.work],
        ['30 4 * * *', 'other', 'allow', '04:30', made.work],
      );
    });

    test('there are as many as there may be; other tenants’ do not exist', async () => {
      const [owner, stranger] = [await tenant(line), await tenant(line)];
      const few = createScheduleService({ ...deps, maxSchedules: 3 });
      const request = { cron: '@daily', work: job() };
      const ends = await Promise.allSettled(Array.from({ length: 6 }, () => few.create(owner, request)));
      assert.equal(ends.filter((each) => each.status === 'fulfilled').length, 3);
      await rejectsWith('SCHEDULE_LIMIT', few.create(owner, request));
      const first = await schedules.list(owner, { limit: 2 });
      const second = await schedules.list(owner, { limit: 2, cursor: first.nextCursor ?? '' });
      assert.deepEqual([first.items.length, second.items.length, second.nextCursor], [2, 1, null]);
      const id = first.items[0]?.id ?? '';
      for (const call of [
        () => schedules.get(stranger, id),
        () => schedules.update(stranger, id, { paused: true }),
        () => schedules.run(stranger, id),
        () => schedules.remove(stranger, id),
        () => schedules.get(owner, "x'; drop table schedules"),
      ]) {
        await rejectsWith('SCHEDULE_NOT_FOUND', call());
      }
      await schedules.remove(owner, id);
      await rejectsWith('SCHEDULE_NOT_FOUND', schedules.remove(owner, id));
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
