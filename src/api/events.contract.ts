import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { EventSource } from 'eventsource';
import { sql } from 'kysely';
import type { OpenDatabase } from '#database/database.ts';
import { trimRemovals } from '#events/change-feed.ts';
import type { StreamLimits } from '#events/event-streams.ts';
import { addBatch, addJobs, addTenant, endJob, setProgress, startJob } from '#events/test-jobs.ts';
import type { Actor } from '#kernel/actor.ts';
import { openDoor } from '../../test/support/door.ts';
import { type EventReader, readEvents, type SeenEvent } from '../../test/support/event-reader.ts';
import { until } from '../../test/support/until.ts';
import {
  assertGrowing,
  type EventProcess,
  isBatch,
  isJob,
  isReady,
  jobEvents,
  startEventProcess,
} from './test-events.ts';

/** The stream of events on a real database, over real connections. */
export function testEvents(driver: string, open: () => Promise<OpenDatabase>): void {
  describe(`events: ${driver}`, { timeout: 120_000 }, () => {
    let database: OpenDatabase;
    let db: OpenDatabase['db'];
    let actor: Actor;
    let here: EventProcess;
    let readers: EventReader[];
    const cleanUps: (() => Promise<void>)[] = [];
    before(async () => {
      database = await open();
      db = database.db;
    });
    beforeEach(async () => {
      readers = [];
      actor = await addTenant(db);
      here = await startProcess();
    });
    afterEach(async () => {
      for (const reader of readers) reader.close();
      for (const cleanUp of cleanUps.splice(0)) await cleanUp();
    });
    after(() => database.close());

    async function startProcess(limits: Partial<StreamLimits> = {}): Promise<EventProcess> {
      const started = await startEventProcess(database, limits);
      cleanUps.push(() => started.api.close());
      return started;
    }

    async function read(
      process: Pick<EventProcess, 'address'>,
      { as = actor, lastEventId, query = '' }: { as?: Actor; lastEventId?: string | undefined; query?: string } = {},
    ): Promise<EventReader> {
      const reader = await readEvents(`${process.address}/v1/events${query}`, {
        'x-test-actor': `${as.tenantId} ${as.userId}`,
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      });
      readers.push(reader);
      if (reader.status === 200) await reader.next(isReady);
      return reader;
    }

    const tell = () => here.fanOut.tell('changed');

    async function addJob(): Promise<string> {
      const [id = ''] = await addJobs(db, actor, 1);
      tell();
      return id;
    }

    test('is a stream that proxies let through, and begins with where it is', async () => {
      const reader = await read(here);
      assert.equal(reader.headers['content-type'], 'text/event-stream');
      assert.equal(reader.headers['cache-control'], 'no-cache, no-transform');
      assert.equal(reader.headers['x-accel-buffering'], 'no');
      assert.match(reader.blocks[0] ?? '', /^retry: [23]\d{3}$/);
      assert.deepEqual(reader.events, [{ id: reader.lastId(), event: 'ready', data: {} }]);
      assert.match(reader.lastId() ?? '', /^\d+$/);
    });

    test('tells of a job from its row to its end, and when it is removed', async () => {
      const reader = await read(here);
      const id = await addJob();
      const queued = await reader.next(isJob(id, 'queued'));
      await startJob(db, id);
      tell();
      const active = await reader.next(isJob(id, 'active'));
      await endJob(db, id, 'failed');
      tell();
      const failed = await reader.next(isJob(id, 'failed'));
      await db.deleteFrom('jobs').where('id', '=', id).execute();
      tell();
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
      const reader = await read(here);
      const [id = ''] = await addJobs(db, actor, 1);
      await reader.next(isJob(id, 'queued'));
    });

    test('tells a tenant nothing of others, and nobody of hidden jobs', async () => {
      const stranger = await addTenant(db);
      const [own, foreign] = [await read(here), await read(here, { as: stranger })];
      await addJobs(db, actor, 1, { hidden: true });
      const [theirs = ''] = await addJobs(db, stranger, 1);
      const ours = await addJob();
      await own.next(isJob(ours, 'queued'));
      await foreign.next(isJob(theirs, 'queued'));
      assert.equal(jobEvents(own).length, 1);
      assert.equal(jobEvents(foreign).length, 1);
      for (const query of [`?job=${theirs}`, '?job=none', '?batch=none']) {
        assert.equal((await read(here, { query })).status, 404);
      }
    });

    test('goes on after Last-Event-ID, on another process too', async () => {
      const there = await startProcess();
      const first = await read(here);
      const seen = await addJob();
      await first.next(isJob(seen, 'queued'));
      const lastEventId = first.lastId();
      first.close();
      const missed = await addJobs(db, actor, 20);
      for (const id of missed.slice(0, 10)) {
        await startJob(db, id);
        await endJob(db, id);
      }
      const gone = missed[19] ?? '';
      await db.deleteFrom('jobs').where('id', '=', gone).execute();
      for (const process of [here, there]) {
        const again = await read(process, { lastEventId });
        for (const [at, id] of missed.slice(0, 19).entries()) {
          assert.ok(again.events.some(isJob(id, at < 10 ? 'succeeded' : 'queued')), `job ${at}`);
        }
        assert.ok(again.events.some(({ data }) => data.id === gone && data.removed));
        assert.ok(!again.events.some(({ event }) => event === 'reset'));
        assertGrowing(again, lastEventId);
        const later = await addJob();
        process.fanOut.tell('changed');
        await again.next(isJob(later, 'queued'));
        assertGrowing(again, lastEventId);
      }
    });

    test('goes on after every id of a replay that was cut', async () => {
      const before = (await read(here)).lastId();
      const ids: string[] = [];
      for (let count = 0; count < 5; count += 1) ids.push(await addJob());
      const whole = await read(here, { lastEventId: before });
      for (const [at, { id }] of jobEvents(whole).entries()) {
        const rest = await read(here, { lastEventId: id });
        const told = new Set(jobEvents(rest).map(({ data }) => data.id));
        for (const later of ids.slice(at + 1)) assert.ok(told.has(later), `after event ${at}`);
      }
    });

    test('takes the id from the address, and rather from the header', async () => {
      const first = await read(here);
      const start = first.lastId();
      const id = await addJob();
      await first.next(isJob(id, 'queued'));
      const byAddress = await read(here, { query: `?lastEventId=${start}` });
      assert.equal(jobEvents(byAddress).length, 1);
      const later = await addJobs(db, actor, 1);
      tell();
      await first.next(isJob(later[0] ?? '', 'queued'));
      const byHeader = await read(here, { query: `?lastEventId=${start}`, lastEventId: first.lastId() });
      assert.ok(!byHeader.events.some(isJob(id, 'queued')));
    });

    // The embedded database has one connection: nothing happens beside a transaction.
    if (driver === 'postgres') {
      test('a transaction that takes long holds nobody up, and is not missed', async () => {
        const [late = ''] = await addJobs(db, actor, 1);
        const reader = await read(here);
        const [changed, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const long = db.transaction().execute(async (trx) => {
          await startJob(trx, late);
          changed.resolve();
          await commit.promise;
        });
        await changed.promise;
        const quick = await addJob();
        await reader.next(isJob(quick, 'queued'));
        const quicker = await addJob();
        await reader.next(isJob(quicker, 'queued'));
        const lastEventId = reader.lastId();
        const returned = await read(here, { lastEventId });
        commit.resolve();
        await long;
        tell();
        for (const each of [reader, returned]) await each.next(isJob(late, 'active'));
        const last = await read(here, { lastEventId });
        assert.ok(last.events.some(isJob(late, 'active')));
        assertGrowing(reader);
        assertGrowing(returned, lastEventId);
      });
    }

    test('says reset when the id is none of ours, or too old, or too much has changed', async () => {
      const start = (await read(here)).lastId() ?? '';
      const reasonFor = async (lastEventId: string) => {
        const reader = await read(here, { lastEventId });
        const resets = reader.events.filter(({ event }) => event === 'reset');
        return resets.map(({ data }) => data.reason);
      };
      for (const odd of ['nothing', '-1', '1e3', '99999999999999999999', `${Number(start) + 1e12}`]) {
        assert.deepEqual(await reasonFor(odd), ['unknown-id'], odd);
      }
      assert.deepEqual(await reasonFor(start), []);
      await addJobs(db, actor, 1_000);
      assert.deepEqual(await reasonFor(start), []);
      await addJobs(db, actor, 1);
      assert.deepEqual(await reasonFor(start), ['too-many']);
      const fresh = (await read(here)).lastId() ?? '';
      // Another tenant's: what is forgotten is not kept apart.
      const jobs = await addJobs(db, await addTenant(db), 2);
      for (const id of jobs) await db.deleteFrom('jobs').where('id', '=', id).execute();
      assert.deepEqual(await reasonFor(fresh), []);
      await sql`update removals set removed_at = now() - interval '25 hours' where id = any (${jobs}::uuid[])`.execute(
        db,
      );
      assert.equal(await trimRemovals(db), 1);
      assert.deepEqual(await reasonFor(fresh), ['too-old']);
      assert.deepEqual(await reasonFor((await read(here)).lastId() ?? ''), []);
    });

    test('tells much at once, and where it is too much: reset', async () => {
      const reader = await read(here);
      const ids = await addJobs(db, actor, 900);
      tell();
      await until(() => assert.equal(jobEvents(reader).length, 900));
      assertGrowing(reader);
      assert.deepEqual(new Set(jobEvents(reader).map(({ data }) => data.id)), new Set(ids));
      await db.transaction().execute(async (trx) => {
        for (let count = 0; count < 6; count += 1) await addJobs(trx, actor, 1_000);
      });
      tell();
      const { data } = await reader.next(({ event }) => event === 'reset');
      assert.equal(data.reason, 'too-many');
      const later = await addJob();
      await reader.next(isJob(later, 'queued'));
    });

    test('tells progress at most four times a second, and the last of it', async () => {
      const reader = await read(here);
      const id = await addJob();
      await startJob(db, id);
      tell();
      await reader.next(isJob(id, 'active'));
      const startedMs = performance.now();
      for (let step = 1; step <= 50; step += 1) {
        await setProgress(db, id, step / 100);
        tell();
      }
      await reader.next(({ data }) => data.progress === 0.5);
      const quarters = Math.ceil((performance.now() - startedMs) / 250);
      const told = jobEvents(reader).filter(({ data }) => data.progress > 0).length;
      assert.ok(told <= quarters + 1, `${told} in ${quarters} quarters of a second`);
      await setProgress(db, id, 0.6);
      await endJob(db, id);
      tell();
      await reader.next(isJob(id, 'succeeded'));
      assertGrowing(reader);
    });

    test('tells of a batch how far it is', async () => {
      const reader = await read(here);
      const [batch, [one = '', two = '']] = await addBatch(db, actor, 2);
      tell();
      const created = await reader.next(isBatch(batch));
      assert.deepEqual(created.data.counts, { total: 2, queued: 2, active: 0, succeeded: 0, failed: 0, cancelled: 0 });
      await startJob(db, one);
      await setProgress(db, one, 0.5);
      tell();
      const half = await reader.next((event) => isBatch(batch)(event) && event.data.counts.active === 1);
      assert.deepEqual([half.data.status, half.data.progress], ['running', 0.25]);
      await endJob(db, one);
      await endJob(db, two, 'cancelled');
      tell();
      const done = await reader.next((event) => isBatch(batch)(event) && event.data.status === 'finished');
      assert.deepEqual([done.data.progress, done.data.counts.succeeded, done.data.counts.cancelled], [1, 1, 1]);
      assert.ok(done.data.finishedAt);
      const resumed = await read(here, { lastEventId: reader.events[0]?.id });
      assert.ok(resumed.events.some((event) => isBatch(batch)(event) && event.data.status === 'finished'));
      await db.deleteFrom('jobs').where('batch_id', '=', batch).execute();
      await db.deleteFrom('batches').where('id', '=', batch).execute();
      tell();
      const removed = await reader.next((event) => isBatch(batch)(event) && event.data.removed);
      assert.deepEqual(removed.data, { id: batch, removed: true });
    });

    test('of one job, or of one batch and its jobs, when that is asked for', async () => {
      const [batch, members] = await addBatch(db, actor, 2);
      const single = await addJob();
      const [ofJob, ofBatch] = [
        await read(here, { query: `?job=${single}` }),
        await read(here, { query: `?batch=${batch}` }),
      ];
      for (const id of [...members, single]) await endJob(db, id);
      tell();
      await ofJob.next(isJob(single, 'succeeded'));
      await ofBatch.next((event) => isBatch(batch)(event) && event.data.status === 'finished');
      assert.deepEqual(
        jobEvents(ofJob).map(({ data }) => data.id),
        [single],
      );
      assert.ok(!ofJob.events.some(isBatch(batch)));
      assert.deepEqual(new Set(jobEvents(ofBatch).map(({ data }) => data.id)), new Set(members));
    });

    test('says something now and then, with how far it is', async () => {
      const quick = await startProcess({ heartbeatMs: 300 });
      const reader = await read(quick);
      await until(() => assert.ok(reader.blocks.filter((block) => block.startsWith(':')).length >= 2));
      assert.match(reader.blocks.at(-1) ?? '', /^:\nid: \d+$/);
      assert.ok(Number(reader.lastId()) >= Number(reader.events[0]?.id));
    });

    /** Ten megabytes a time, which no kernel keeps for a client. */
    async function tellMuch(): Promise<string> {
      const ids = await addJobs(db, actor, 50);
      await sql`update jobs set status = 'failed', finished_at = now(), error_code = 'JOB_FAILED',
        error_detail = repeat('x', 200000) where id = any (${ids}::uuid[])`.execute(db);
      tell();
      return ids[49] ?? '';
    }

    test('a client that does not read is passed over, and told to ask again when it does', async () => {
      const [slow, quick] = [await read(here), await read(here)];
      slow.pause();
      for (let round = 0; round < 3; round += 1) await quick.next(isJob(await tellMuch(), 'failed'));
      slow.resume();
      const { data } = await slow.next(({ event }) => event === 'reset');
      assert.equal(data.reason, 'slow');
      assert.ok(!quick.events.some(({ event }) => event === 'reset'));
      const later = await addJob();
      await slow.next(isJob(later, 'queued'));
      assert.ok(jobEvents(slow).length < jobEvents(quick).length);
    });

    test('a client that never reads is let go', async () => {
      const impatient = await startProcess({ heartbeatMs: 150, patienceMs: 300 });
      const stuck = await read(impatient);
      stuck.pause();
      await until(async () => {
        await tellMuch();
        impatient.fanOut.tell('changed');
        assert.equal(impatient.hub.size, 0);
      }, 30_000);
      stuck.resume();
      assert.equal(await stuck.ended, false);
    });

    test('ends with a time to come back when the server stops, and takes no more', async () => {
      const reader = await read(here);
      const closed = here.api.close();
      assert.equal(await reader.ended, true);
      assert.match(reader.blocks.at(-1) ?? '', /^retry: [1-5]\d{3}$/);
      await closed;
    });

    test('has room for so many of one user, and of all', async () => {
      const small = await startProcess({ maxStreams: 3, maxStreamsPerUser: 2 });
      const first = await read(small);
      await read(small);
      assert.equal((await read(small)).status, 429);
      const other = { ...actor, userId: 'another' };
      await read(small, { as: other });
      assert.equal((await read(small, { as: other })).status, 503);
      first.close();
      await until(async () => assert.equal((await read(small)).status, 200));
    });

    test('speaks HTTP/1.0, as some proxies do', async () => {
      const { port } = new URL(here.address);
      const socket = connect(Number(port), '127.0.0.1');
      cleanUps.push(async () => void socket.destroy());
      socket.write(
        `GET /v1/events HTTP/1.0\r\nHost: localhost\r\nX-Test-Actor: ${actor.tenantId} ${actor.userId}\r\n\r\n`,
      );
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      await until(() => assert.match(text, /event: ready/));
      const id = await addJob();
      await until(() => assert.match(text, new RegExp(`data: {"id":"${id}"`)));
      const [head = '', body = ''] = text.split('\r\n\r\n', 2);
      assert.doesNotMatch(head, /chunked/i);
      assert.match(body, /^retry: \d{4}\n\nid: \d+\nevent: ready\n/);
      const closed = once(socket, 'end');
      await here.api.close();
      await closed;
    });

    test('a browser’s client goes on by itself after a cut', async () => {
      const door = await openDoor(here.address);
      const events: SeenEvent[] = [];
      const source = new EventSource(`${door.url}v1/events`, {
        fetch: (url, init) =>
          fetch(url, { ...init, headers: { ...init.headers, 'x-test-actor': `${actor.tenantId} ${actor.userId}` } }),
      });
      cleanUps.push(async () => {
        source.close();
        await door.shut();
      });
      const listen = ({ type, data, lastEventId }: MessageEvent) =>
        events.push({ id: lastEventId, event: type, data: JSON.parse(data) });
      for (const type of ['job', 'ready', 'reset']) source.addEventListener(type, listen);
      await until(() => assert.ok(events.some(isReady)));
      const before = await addJob();
      await until(() => assert.ok(events.some(isJob(before, 'queued'))));
      await door.shut();
      const missed = await addJob();
      await endJob(db, missed);
      await door.open();
      await until(() => assert.ok(events.some(isJob(missed, 'succeeded'))), 20_000);
      assert.ok(!events.some(({ event }) => event === 'reset'));
    });
  });
}
