import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import { openRedisFanOut } from '#events/drivers/redis/redis-fan-out.ts';
import { addJobs } from '#events/test-jobs.ts';
import { startServerProgram } from '../test/support/program.ts';
import { freshDatabase, ownRedis } from '../test/support/servers.ts';
import type { FromClients, ToClients } from './sse/clients.ts';

/**
 * What open streams of events cost one `api` process on PostgreSQL and Redis: resident memory, and how long one event
 * takes from its commit to every client, which all listen in one other process of the same machine.
 */

export interface SseFigure {
  readonly streams: number;
  readonly idleRssBytes: number;
  readonly rssBytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of the server, for one event to all. */
  readonly cpuMs: number;
}

const rounds = 20;

if (import.meta.main) {
  const { streams, idleRssBytes, rssBytes, p50Ms, p99Ms, maxMs, cpuMs } = await benchSse(
    Number(process.argv[2] ?? 10_000),
  );
  const [idle, open] = [idleRssBytes, rssBytes].map((bytes) => `${Math.round(bytes / 1e6)} MB`);
  console.log(
    `${streams} streams: ${open} resident (${idle} before); ` +
      `one event to all: p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, last ${maxMs.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of the server’s processor`,
  );
}

export async function benchSse(streams: number): Promise<SseFigure> {
  await using opened = new AsyncDisposableStack();
  const [{ url: databaseUrl, drop }, redisUrl] = [await freshDatabase(), await ownRedis()];
  opened.defer(drop);
  const dir = await mkdtemp(join(tmpdir(), 'esteira-sse-'));
  opened.defer(() => rm(dir, { recursive: true }));
  const database = await openPostgresDatabase({ url: databaseUrl });
  opened.defer(() => database.close());
  const fanOut = await openRedisFanOut({ url: redisUrl });
  opened.defer(() => fanOut.close());
  const env = {
    ESTEIRA_ROLE: 'api',
    ESTEIRA_DATA_DIR: join(dir, 'data'),
    ESTEIRA_LOG_FILE: join(dir, 'log'),
    ESTEIRA_MAX_EVENT_STREAMS: `${streams}`,
    ESTEIRA_MAX_EVENT_STREAMS_PER_USER: `${streams}`,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
  };
  const server = await startServerProgram([], { cwd: dir, env });
  opened.defer(async () => void (await server.stop('SIGKILL')));
  const { hostname, port } = new URL(server.address);
  const { pid = 0 } = server.process;
  await delay(2_000);
  const idleRssBytes = await residentBytes(pid);

  const clients = fork(join(import.meta.dirname, 'sse', 'clients.ts'), [hostname, port, `${streams}`]);
  opened.defer(async () => void clients.kill());
  await once(clients, 'message');
  const delaysMs: number[] = [];
  let cpuMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    clients.send({ mark: 'event: job', timeoutMs: 10_000 } satisfies ToClients);
    await delay(500);
    const reported = once(clients, 'message') as Promise<[FromClients]>;
    await addJobs(database.db, { tenantId: localTenantId, userId: localUserId }, 1);
    const beforeMs = await cpuMsOf(pid);
    const committedMs = performance.timeOrigin + performance.now();
    fanOut.tell('changed');
    const [{ seenMs = [] }] = await reported;
    if (seenMs.length !== streams) throw new Error(`${seenMs.length} of ${streams} clients got the event`);
    cpuMs += (await cpuMsOf(pid)) - beforeMs;
    delaysMs.push(...seenMs.map((ms) => ms - committedMs));
  }
  const rssBytes = await residentBytes(pid);
  delaysMs.sort((a, b) => a - b);
  const at = (share: number) => delaysMs[Math.ceil(share * delaysMs.length) - 1] ?? Number.NaN;
  return { streams, idleRssBytes, rssBytes, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), cpuMs: cpuMs / rounds };
}

async function residentBytes(pid: number): Promise<number> {
  const [, kilobytes = ''] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** Linux counts in hundredths of a second. */
async function cpuMsOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
