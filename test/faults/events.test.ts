import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import { openPostgresFanOut } from '#events/drivers/postgres/postgres-fan-out.ts';
import { addJobs, endJob, startJob } from '#events/test-jobs.ts';
import { type EventReader, readEvents } from '../support/event-reader.ts';
import { measured } from '../support/fault-report.ts';
import { startServerProgram } from '../support/program.ts';
import { freshDatabase } from '../support/servers.ts';
import { until } from '../support/until.ts';

// F3 and F24 of the table of faults: an api process is killed while 500 clients listen; 500 clients do not read.

const clients = 500;
const jobs = 60;
const actor = { tenantId: localTenantId, userId: localUserId };

test('an api process is killed while 500 listen: at another nobody misses an end', { timeout: 180_000 }, async () => {
  await using opened = new AsyncDisposableStack();
  const { db, fanOut, start } = await openWorld(opened);
  const [doomed, other] = [await start('doomed.log'), await start('other.log')];

  const ids = await addJobs(db, actor, jobs);
  const first = await Promise.all(Array.from({ length: clients }, () => ready(`${doomed.address}/v1/events`)));
  const finish = async (some: readonly string[]) => {
    for (const id of some) {
      await startJob(db, id);
      await endJob(db, id, 'failed');
      fanOut.tell('changed');
    }
  };
  await finish(ids.slice(0, 20));
  // In the midst of events: some clients have more of them than others.
  const during = finish(ids.slice(20, 40));
  await until(() => assert.ok(first.some(({ events }) => ended(events, ids.slice(20, 25)))));
  assert.equal(await doomed.stop('SIGKILL'), 'SIGKILL');
  await during;
  assert.deepEqual(new Set(await Promise.all(first.map((reader) => reader.ended))), new Set([false]));
  await finish(ids.slice(40, 50));
  const second = await Promise.all(
    first.map((reader) => ready(`${other.address}/v1/events`, { 'last-event-id': reader.lastId() ?? '' })),
  );
  await finish(ids.slice(50));
  await until(() => assert.ok(second.every(({ events }) => ended(events, ids.slice(-1)))), 30_000);
  const missing = first.flatMap(({ events }, at) => {
    const heard = endsIn([...events, ...(second[at]?.events ?? [])]);
    return ids.filter((id) => !heard.has(id));
  }).length;
  const fault = 'an api process is killed with 500 listeners: ends that somebody misses';
  measured({ row: 'F3', fault, measured: missing, unit: 'events', threshold: { atMost: 0 } });
  for (const [at, before] of first.entries()) {
    const after = second[at]?.events ?? [];
    assert.ok(!after.some(({ event }) => event === 'reset'), `client ${at} was told to ask again`);
    const numbers = [...before.events, ...after].flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
    assert.ok(
      numbers.every((id, index) => index === 0 || id > (numbers[index - 1] ?? 0)),
      `ids of client ${at} do not grow`,
    );
  }
  for (const reader of second) reader.close();
});

test('500 clients that read nothing cost an api process little memory', { timeout: 180_000 }, async () => {
  await using opened = new AsyncDisposableStack();
  const { db, fanOut, start } = await openWorld(opened);
  const server = await start('slow.log');
  const { hostname, port } = new URL(server.address);
  const quick = await ready(`${server.address}/v1/events`);
  const residentBytes = async () => {
    const status = await readFile(`/proc/${server.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024;
  };
  /** Two megabytes of events. */
  const tellMuch = async () => {
    const ids = await addJobs(db, actor, 20);
    await sql`update jobs set status = 'failed', finished_at = now(), error_code = 'JOB_FAILED',
      error_detail = repeat('x', 100000) where id = any (${ids}::uuid[])`.execute(db);
    fanOut.tell('changed');
    await until(() => assert.ok(ended(quick.events, ids)), 30_000);
  };
  // What the process needs for the work itself.
  for (let round = 0; round < 4; round += 1) await tellMuch();
  const before = await residentBytes();
  const sockets = await Promise.all(
    Array.from({ length: clients }, async () => {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.pause();
      socket.on('error', () => {});
      socket.write('GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return socket;
    }),
  );
  opened.defer(async () => {
    for (const socket of sockets) socket.destroy();
  });
  const streams = async () =>
    /^esteira_event_streams (\d+)$/m.exec(await (await fetch(`${server.address}/metrics`)).text());
  await until(async () => assert.equal((await streams())?.[1], `${clients + 1}`));
  for (let round = 0; round < 4; round += 1) await tellMuch();
  const grownMb = Math.round(((await residentBytes()) - before) / 1e6);
  const fault = '500 listeners that read nothing: memory of the api process';
  measured({ row: 'F24', fault, measured: grownMb, unit: 'MB', threshold: { atMost: 50 } });
  quick.close();
});

/** A database, and what starts api processes on it. */
async function openWorld(opened: AsyncDisposableStack) {
  const fresh = await freshDatabase();
  opened.defer(fresh.drop);
  const dir = await mkdtemp(join(tmpdir(), 'esteira-events-'));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const { db, close } = await openPostgresDatabase({ url: fresh.url });
  opened.defer(close);
  const fanOut = await openPostgresFanOut({ url: fresh.url });
  opened.defer(() => fanOut.close());
  const start = async (name: string) => {
    const env = { ESTEIRA_ROLE: 'api', ESTEIRA_DATA_DIR: join(dir, 'data'), ESTEIRA_LOG_FILE: join(dir, name) };
    const server = await startServerProgram([], { cwd: dir, env: { ...env, DATABASE_URL: fresh.url } });
    opened.defer(async () => void (await server.stop('SIGKILL')));
    return server;
  };
  return { db, fanOut, start };
}

async function ready(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  const reader = await readEvents(url, headers);
  assert.equal(reader.status, 200);
  await until(() => assert.ok(reader.events.some(({ event }) => event === 'ready')), 30_000);
  return reader;
}

function ended(events: EventReader['events'], ids: readonly string[]): boolean {
  const seen = endsIn(events);
  return ids.every((id) => seen.has(id));
}

function endsIn(events: EventReader['events']): ReadonlySet<string> {
  return new Set(events.filter(({ data }) => data.status === 'failed').map(({ data }) => data.id));
}
