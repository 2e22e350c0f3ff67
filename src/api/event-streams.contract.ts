import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { EventSource } from 'eventsource';
import { sql } from 'kysely';
import type { OpenDatabase } from '#database/database.ts';
import { addJobs, endJob } from '#events/test-jobs.ts';
import { openDoor } from '../../test/support/door.ts';
import type { EventReader, SeenEvent } from '../../test/support/event-reader.ts';
import { until } from '../../test/support/until.ts';
import { type EventWorld, isJob, isReady, jobEvents, openEventWorld } from './test-events.ts';

/** How streams of events are held open, passed over and ended, on a real database, over real connections. */
export function testEventStreams(driver: string, open: () => Promise<OpenDatabase>): void {
  describe(`event streams: ${driver}`, { timeout: 120_000 }, () => {
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

    test('says something now and then, with how far it is', async () => {
      const quick = await world.startProcess({ heartbeatMs: 300 });
      const reader = await world.read(quick);
      await until(() => assert.ok(reader.blocks.filter((block) => block.startsWith(':')).length >= 2));
      assert.match(reader.blocks.at(-1) ?? '', /^:\nid: \d+$/);
      assert.ok(Number(reader.lastId()) >= Number(reader.events[0]?.id));
    });

    /** Ten megabytes a time, which no kernel keeps for a client. */
    async function tellMuch(): Promise<void> {
      const ids = await addJobs(db, world.actor, 50);
      await sql`update jobs set status = 'failed', finished_at = now(), error_code = 'JOB_FAILED',
        error_detail = repeat('x', 200000) where id = any (${ids}::uuid[])`.execute(db);
      world.tell();
    }
    const failed = (reader: EventReader) => jobEvents(reader).filter(({ data }) => data.status === 'failed').length;

    test('a client that does not read is passed over, and told to ask again when it does', async () => {
      const [slow, quick] = [await world.read(world.here), await world.read(world.here)];
      slow.pause();
      for (let round = 1; round <= 3; round += 1) {
        await tellMuch();
        // All of them: whoever leaves some unread is passed over too.
        await until(() => assert.equal(failed(quick), 50 * round));
      }
      slow.resume();
      const { data } = await slow.next(({ event }) => event === 'reset');
      assert.equal(data.reason, 'slow');
      assert.ok(!quick.events.some(({ event }) => event === 'reset'));
      const later = await world.addJob();
      await slow.next(isJob(later, 'queued'));
      assert.ok(jobEvents(slow).length < jobEvents(quick).length);
    });

    test('a client that never reads is let go', async () => {
      const impatient = await world.startProcess({ heartbeatMs: 150, patienceMs: 300 });
      const stuck = await world.read(impatient);
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
      const reader = await world.read(world.here);
      const closed = world.here.api.close();
      assert.equal(await reader.ended, true);
      assert.match(reader.blocks.at(-1) ?? '', /^retry: [1-5]\d{3}$/);
      await closed;
    });

    test('has room for so many of one user, and of all', async () => {
      const small = await world.startProcess({ maxStreams: 3, maxStreamsPerUser: 2 });
      const first = await world.read(small);
      await world.read(small);
      assert.equal((await world.read(small)).status, 429);
      const other = { ...world.actor, userId: 'another' };
      await world.read(small, { as: other });
      assert.equal((await world.read(small, { as: other })).status, 503);
      first.close();
      await until(async () => assert.equal((await world.read(small)).status, 200));
    });

    test('speaks HTTP/1.0, as some proxies do', async () => {
      const { port } = new URL(world.here.address);
      const socket = connect(Number(port), '127.0.0.1');
      world.cleanUps.push(async () => void socket.destroy());
      socket.write(
        `GET /v1/events HTTP/1.0\r\nHost: localhost\r\nX-Test-Actor: ${world.actor.tenantId} ${world.actor.userId}\r\n\r\n`,
      );
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      await until(() => assert.match(text, /event: ready/));
      const id = await world.addJob();
      await until(() => assert.match(text, new RegExp(`data: {"id":"${id}"`)));
      const [head = '', body = ''] = text.split('\r\n\r\n', 2);
      assert.doesNotMatch(head, /chunked/i);
      assert.match(body, /^retry: \d{4}\n\nid: \d+\nevent: ready\n/);
      const closed = once(socket, 'end');
      await world.here.api.close();
      await closed;
    });

    test('a browser’s client goes on by itself after a cut', async () => {
      const door = await openDoor(world.here.address);
      const events: SeenEvent[] = [];
      const source = new EventSource(`${door.url}v1/events`, {
        fetch: (url, init) =>
          fetch(url, {
            ...init,
            headers: { ...init.headers, 'x-test-actor': `${world.actor.tenantId} ${world.actor.userId}` },
          }),
      });
      world.cleanUps.push(async () => {
        source.close();
        await door.shut();
      });
      const listen = ({ type, data, lastEventId }: MessageEvent) =>
        events.push({ id: lastEventId, event: type, data: JSON.parse(data) });
      for (const type of ['job', 'ready', 'reset']) source.addEventListener(type, listen);
      await until(() => assert.ok(events.some(isReady)));
      const before = await world.addJob();
      await until(() => assert.ok(events.some(isJob(before, 'queued'))));
      await door.shut();
      const missed = await world.addJob();
      await endJob(db, missed);
      await door.open();
      await until(() => assert.ok(events.some(isJob(missed, 'succeeded'))), 20_000);
      assert.ok(!events.some(({ event }) => event === 'reset'));
    });
  });
}
