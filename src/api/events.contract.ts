import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { OpenDatabase } from '#database/database.ts';
import { trimRemovals } from '#events/change-feed.ts';
import { addBatch, addJobs, addTenant, endJob, setProgress, startJob } from '#events/test-jobs.ts';
import { until } from '../../test/support/until.ts';
import { assertGrowing, type EventWorld, isBatch, isJob, jobEvents, openEventWorld } from './test-events.ts';

/** What the stream of events tells, on a real database, over real connections. */
export function testEvents(driver: string, open: () => Promise<OpenDatabase>): void {
  describe(`events: ${driver}`, { timeout: 120_000 }, () => {
    let database: OpenDatabase;
    let db: OpenDatabase['db'];
    let world: EventWorld;
    before(async () => {
      database = await open();
      db = database.db;
    });
    beforeEach(async () => {
      world = await openEventWorld(database);
    });
    afterEach(() => world.close());
    after(() => database.close());

    test('is a stream that proxies let through, and begins with where it is', async () => {
      const reader = await world.read(world.here);
      assert.equal(reader.headers['content-type'], 'text/event-stream');
      assert.equal(reader.headers['cache-control'], 'no-cache, no-transform');
      assert.equal(reader.headers['x-accel-buffering'], 'no');
      assert.match(reader.blocks[0] ?? '', /^retry: [23]\d{3}$/);
      assert.deepEqual(reader.events, [{ id: reader.lastId(), event: 'ready', data: {} }]);
      assert.match(reader.lastId() ?? '', /^\d+$/);
    });

    test('tells of a job from its row to its end, and when it is removed', async () => {
      const reader = await world.read(world.here);
      const id = await world.addJob();
      const queued = await reader.next(isJob(id, 'queued'));
      await startJob(db, id);
      world.tell();
      const active = await reader.next(isJob(id, 'active'));
      await endJob(db, id, 'failed');
      world.tell();
      const failed = await reader.next(isJob(id, 'failed'));
      await db.deleteFrom('jobs').where('id', '=', id).execute();
      world.tell();
      const removed = await reader.next(({ data }) => data.removed === true);
      assert.deepEqual(removed.data, { id, removed: true });
      const { queuedAt, ...rest } = queued.data;
      assert.ok(Math.abs(Date.now() - Date.parse(queuedAt)) < 60_000);
      const { tenantId: _, ...small } = { tenantId: 0, processor: 'image.cutout', priority: 'normal', cached: false };
      const first = { id, status: 'queued', progress: 0, attempts: 0, startedAt: null, finishedAt: null };
      assert.deepEqual(rest, { ...small, ...first });
      assert.deepEqual([active.data.status, active.data.attempts], ['active', 1]);
      const title = 'No subject was found in the picture';
      assert.deepEqual(failed.data.error, { code: 'NO_SUBJECT', title, status: 422, detail: 'for the test' });
      assertGrowing(reader);
    });

    test('finds by itself what nobody told of', async () => {
      const reader = await world.read(world.here);
      const [id = ''] = await addJobs(db, world.actor, 1);
      await reader.next(isJob(id, 'queued'));
    });

    test('tells a tenant nothing of others, and nobody of hidden jobs', async () => {
      const stranger = await addTenant(db);
      const [own, foreign] = [await world.read(world.here), await world.read(world.here, { as: stranger })];
      await addJobs(db, world.actor, 1, { hidden: true });
      const [theirs = ''] = await addJobs(db, stranger, 1);
      const ours = await world.addJob();
      await own.next(isJob(ours, 'queued'));
      await foreign.next(isJob(theirs, 'queued'));
      assert.equal(jobEvents(own).length, 1);
      assert.equal(jobEvents(foreign).length, 1);
      for (const query of [`?job=${theirs}`, '?job=none', '?batch=none']) {
        assert.equal((await world.read(world.here, { query })).status, 404);
      }
    });

    test('goes on after Last-Event-ID, on another process too', async () => {
      const there = await world.startProcess();
      const first = await world.read(world.here);
      const seen = await world.addJob();
      await first.next(isJob(seen, 'queued'));
      const lastEventId = first.lastId();
      first.close();
      const missed = await addJobs(db, world.actor, 20);
      for (const id of missed.slice(0, 10)) {
        await startJob(db, id);
        await endJob(db, id);
      }
      const gone = missed[19] ?? '';
      await db.deleteFrom('jobs').where('id', '=', gone).execute();
      for (const process of [world.here, there]) {
        const again = await world.read(process, { lastEventId });
        for (const [at, id] of missed.slice(0, 19).entries()) {
          assert.ok(again.events.some(isJob(id, at < 10 ? 'succeeded' : 'queued')), `job ${at}`);
        }
        assert.ok(again.events.some(({ data }) => data.id === gone && data.removed));
        assert.ok(!again.events.some(({ event }) => event === 'reset'));
        assertGrowing(again, lastEventId);
        const later = await world.addJob();
        process.fanOut.tell('changed');
        await again.next(isJob(later, 'queued'));
        assertGrowing(again, lastEventId);
      }
    });

    test('goes on after every id of a replay that was cut', async () => {
      const before = (await world.read(world.here)).lastId();
      const ids: string[] = [];
      for (let count = 0; count < 5; count += 1) ids.push(await world.addJob());
      const whole = await world.read(world.here, { lastEventId: before });
      for (const [at, { id }] of jobEvents(whole).entries()) {
        const rest = await world.read(world.here, { lastEventId: id });
        const told = new Set(jobEvents(rest).map(({ data }) => data.id));
        for (const later of ids.slice(at + 1)) assert.ok(told.has(later), `after event ${at}`);
      }
    });

    test('takes the id from the address, and rather from the header', async () => {
      const first = await world.read(world.here);
      const start = first.lastId();
      const id = await world.addJob();
      await first.next(isJob(id, 'queued'));
      const byAddress = await world.read(world.here, { query: `?lastEventId=${start}` });
      assert.equal(jobEvents(byAddress).length, 1);
      const later = await addJobs(db, world.actor, 1);
      world.tell();
      await first.next(isJob(later[0] ?? '', 'queued'));
      const byHeader = await world.read(world.here, { query: `?lastEventId=${start}`, lastEventId: first.lastId() });
      assert.ok(!byHeader.events.some(isJob(id, 'queued')));
    });

    // The embedded database has one connection: nothing happens beside a transaction.
    if (driver === 'postgres') {
      test('a transaction that takes long holds nobody up, and is not missed', async () => {
        const [late = ''] = await addJobs(db, world.actor, 1);
        const reader = await world.read(world.here);
        const [changed, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const long = db.transaction().execute(async (trx) => {
          await startJob(trx, late);
          changed.resolve();
          await commit.promise;
        });
        await changed.promise;
        const quick = await world.addJob();
        await reader.next(isJob(quick, 'queued'));
        const quicker = await world.addJob();
        await reader.next(isJob(quicker, 'queued'));
        const lastEventId = reader.lastId();
        const returned = await world.read(world.here, { lastEventId });
        commit.resolve();
        await long;
        world.tell();
        for (const each of [reader, returned]) await each.next(isJob(late, 'active'));
        const last = await world.read(world.here, { lastEventId });
        assert.ok(last.events.some(isJob(late, 'active')));
        assertGrowing(reader);
        assertGrowing(returned, lastEventId);
      });
    }

    test('says reset when the id is none of ours, or too old, or too much has changed', async () => {
      const start = (await world.read(world.here)).lastId() ?? '';
      const reasonFor = async (lastEventId: string) => {
        const reader = await world.read(world.here, { lastEventId });
        const resets = reader.events.filter(({ event }) => event === 'reset');
        return resets.map(({ data }) => data.reason);
      };
      for (const odd of ['nothing', '-1', '1e3', '99999999999999999999', `${Number(start) + 1e12}`]) {
        assert.deepEqual(await reasonFor(odd), ['unknown-id'], odd);
      }
      assert.deepEqual(await reasonFor(start), []);
      await addJobs(db, world.actor, 1_000);
      assert.deepEqual(await reasonFor(start), []);
      await addJobs(db, world.actor, 1);
      assert.deepEqual(await reasonFor(start), ['too-many']);
      const fresh = (await world.read(world.here)).lastId() ?? '';
      // Another tenant's: what is forgotten is not kept apart.
      const jobs = await addJobs(db, await addTenant(db), 2);
      for (const id of jobs) await db.deleteFrom('jobs').where('id', '=', id).execute();
      assert.deepEqual(await reasonFor(fresh), []);
      await sql`update removals set removed_at = now() - interval '25 hours' where id = any (${jobs}::uuid[])`.execute(
        db,
      );
      assert.equal(await trimRemovals(db), 1);
      assert.deepEqual(await reasonFor(fresh), ['too-old']);
      assert.deepEqual(await reasonFor((await world.read(world.here)).lastId() ?? ''), []);
    });

    test('tells much at once, and where it is too much: reset', async () => {
      const reader = await world.read(world.here);
      const ids = await addJobs(db, world.actor, 900);
      world.tell();
      await until(() => assert.equal(jobEvents(reader).length, 900));
      assertGrowing(reader);
      assert.deepEqual(new Set(jobEvents(reader).map(({ data }) => data.id)), new Set(ids));
      await db.transaction().execute(async (trx) => {
        for (let count = 0; count < 6; count += 1) await addJobs(trx, world.actor, 1_000);
      });
      world.tell();
      const { data } = await reader.next(({ event }) => event === 'reset');
      assert.equal(data.reason, 'too-many');
      const later = await world.addJob();
      await reader.next(isJob(later, 'queued'));
    });

    test('tells progress at most four times a second, and the last of it', async () => {
      const reader = await world.read(world.here);
      const id = await world.addJob();
      await startJob(db, id);
      world.tell();
      await reader.next(isJob(id, 'active'));
      const startedMs = performance.now();
      for (let step = 1; step <= 50; step += 1) {
        await setProgress(db, id, step / 100);
        world.tell();
      }
      await reader.next(({ data }) => data.progress === 0.5);
      const quarters = Math.ceil((performance.now() - startedMs) / 250);
      const told = jobEvents(reader).filter(({ data }) => data.progress > 0).length;
      assert.ok(told <= quarters + 1, `${told} in ${quarters} quarters of a second`);
      await setProgress(db, id, 0.6);
      await endJob(db, id);
      world.tell();
      await reader.next(isJob(id, 'succeeded'));
      assertGrowing(reader);
    });

    test('tells of a batch how far it is', async () => {
      const reader = await world.read(world.here);
      const [batch, [one = '', two = '']] = await addBatch(db, world.actor, 2);
      world.tell();
      const created = await reader.next(isBatch(batch));
      assert.deepEqual(created.data.counts, { total: 2, queued: 2, active: 0, succeeded: 0, failed: 0, cancelled: 0 });
      await startJob(db, one);
      await setProgress(db, one, 0.5);
      world.tell();
      const half = await reader.next((event) => isBatch(batch)(event) && event.data.counts.active === 1);
      assert.deepEqual([half.data.status, half.data.progress], ['running', 0.25]);
      await endJob(db, one);
      await endJob(db, two, 'cancelled');
      world.tell();
      const done = await reader.next((event) => isBatch(batch)(event) && event.data.status === 'finished');
      assert.deepEqual([done.data.progress, done.data.counts.succeeded, done.data.counts.cancelled], [1, 1, 1]);
      assert.ok(done.data.finishedAt);
      const resumed = await world.read(world.here, { lastEventId: reader.events[0]?.id });
      assert.ok(resumed.events.some((event) => isBatch(batch)(event) && event.data.status === 'finished'));
      await db.deleteFrom('jobs').where('batch_id', '=', batch).execute();
      await db.deleteFrom('batches').where('id', '=', batch).execute();
      world.tell();
      const removed = await reader.next((event) => isBatch(batch)(event) && event.data.removed);
      assert.deepEqual(removed.data, { id: batch, removed: true });
    });

    test('of one job, or of one batch and its jobs, when that is asked for', async () => {
      const [batch, members] = await addBatch(db, world.actor, 2);
      const single = await world.addJob();
      const [ofJob, ofBatch] = [
        await world.read(world.here, { query: `?job=${single}` }),
        await world.read(world.here, { query: `?batch=${batch}` }),
      ];
      for (const id of [...members, single]) await endJob(db, id);
      world.tell();
      await ofJob.next(isJob(single, 'succeeded'));
      await ofBatch.next((event) => isBatch(batch)(event) && event.data.status === 'finished');
      assert.deepEqual(
        jobEvents(ofJob).map(({ data }) => data.id),
        [single],
      );
      assert.ok(!ofJob.events.some(isBatch(batch)));
      assert.deepEqual(new Set(jobEvents(ofBatch).map(({ data }) => data.id)), new Set(members));
    });
  });
}
