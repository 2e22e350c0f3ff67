import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { createPostgresBackend, createRedisBackend, DEFAULT_SCHEMA, type PgPool, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { openEmbeddedQueue } from '#jobs/drivers/embedded/embedded-queue.ts';
import { openPostgresQueue } from '#jobs/drivers/postgres/postgres-queue.ts';
import { openRedisQueue } from '#jobs/drivers/redis/redis-queue.ts';
import type { JobQueue } from '#jobs/job-queue.ts';
import { freshDatabase, redisUrl } from '../test/support/servers.ts';

/**
 * What the queue costs, with jobs that do nothing: how long an idle worker takes to hear of a job, and how many jobs
 * a second pass through. PostgreSQL and Redis are paired with bare BullMQ on the same server, in turns.
 */

export interface QueueFigure {
  readonly engine: string;
  readonly pickupP50Ms: number;
  readonly pickupP95Ms: number;
  readonly jobsPerSecond: number;
  /** Of bare BullMQ's jobs per second on the same engine; none for the embedded one, where bare BullMQ cannot run. */
  readonly ofBare?: number;
}

/** Whoever moves jobs: our queue, or bare BullMQ. */
interface Mover {
  fill(ids: readonly string[]): Promise<void>;
  add(id: string): Promise<void>;
  /** Starts a worker with eight jobs at once. @returns what stops it */
  work(handler: () => Promise<void>): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const concurrency = 8;
const lockDurationMs = 30_000;
const pickups = 200;
const jobs = 3_000;
const rounds = 3;

export async function benchQueue(): Promise<readonly QueueFigure[]> {
  return [await benchEmbedded(), await benchPostgres(), await benchRedis()];
}

if (import.meta.main) {
  for (const figure of await benchQueue()) {
    const { engine, pickupP50Ms, pickupP95Ms, jobsPerSecond, ofBare } = figure;
    const ratio = ofBare === undefined ? '' : `, ${ofBare.toFixed(2)} of bare BullMQ`;
    console.log(
      `${engine}: pickup p50 ${pickupP50Ms.toFixed(1)} ms, p95 ${pickupP95Ms.toFixed(1)} ms; ` +
        `${Math.round(jobsPerSecond)} jobs/s${ratio}`,
    );
  }
}

export async function benchEmbedded(): Promise<QueueFigure> {
  const dir = mkdtempSync(join(tmpdir(), 'esteira-bench-'));
  const pglite = await PGlite.create({ dataDir: dir });
  const ours = moverOf(await openEmbeddedQueue({ pglite, onError: console.error }));
  try {
    return { engine: 'embedded', ...(await pickup(ours)), jobsPerSecond: median(await throughputs([ours]))[0] ?? 0 };
  } finally {
    await ours.close();
    await pglite.close();
    rmSync(dir, { recursive: true });
  }
}

async function benchPostgres(): Promise<QueueFigure> {
  const database = await freshDatabase();
  const ours = moverOf(await openPostgresQueue({ url: database.url, onError: console.error }));
  const pool = new pg.Pool({ connectionString: database.url, options: `-c search_path=${DEFAULT_SCHEMA}` });
  const bare = bareMover(withBackend(createPostgresBackend), pool as unknown as PgPool, () => pool.end());
  const figure = await paired('postgres', ours, bare);
  await database.drop();
  return figure;
}

async function benchRedis(): Promise<QueueFigure> {
  const url = await redisUrl();
  const ours = moverOf(await openRedisQueue({ url, name: 'bench-ours', onError: console.error }));
  const client = new Redis(url, { maxRetriesPerRequest: null });
  const bare = bareMover(withBackend(createRedisBackend), client, async () => client.disconnect());
  return paired('redis', ours, bare);
}

async function paired(engine: string, ours: Mover, bare: Mover): Promise<QueueFigure> {
  try {
    const [jobsPerSecond = 0, bareJobsPerSecond = 0] = median(await throughputs([ours, bare]));
    return { engine, ...(await pickup(ours)), jobsPerSecond, ofBare: jobsPerSecond / bareJobsPerSecond };
  } finally {
    await Promise.all([ours.close(), bare.close()]);
  }
}

async function pickup(mover: Mover): Promise<{ pickupP50Ms: number; pickupP95Ms: number }> {
  let taken = Promise.withResolvers<number>();
  const stop = await mover.work(async () => taken.resolve(performance.now()));
  const waitsMs: number[] = [];
  for (let at = 0; at < pickups; at += 1) {
    await delay(5 + (at % 10)); // idle, and not in step with anything
    taken = Promise.withResolvers();
    const addedMs = performance.now();
    await mover.add(`pickup ${at}`);
    waitsMs.push((await taken.promise) - addedMs);
  }
  await stop();
  waitsMs.sort((a, b) => a - b);
  return { pickupP50Ms: waitsMs[pickups * 0.5] ?? 0, pickupP95Ms: waitsMs[pickups * 0.95] ?? 0 };
}

/** Jobs per second of each, in turns: one row for each round. */
async function throughputs(movers: readonly Mover[]): Promise<number[][]> {
  const rows: number[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const row: number[] = [];
    for (const mover of movers) row.push(await throughput(mover, round));
    rows.push(row);
  }
  return rows;
}

async function throughput(mover: Mover, round: number): Promise<number> {
  await mover.fill(Array.from({ length: jobs }, (_, at) => `round ${round} job ${at}`));
  const all = Promise.withResolvers<void>();
  let done = 0;
  const startedMs = performance.now();
  const stop = await mover.work(async () => {
    done += 1;
    if (done === jobs) all.resolve();
  });
  await all.promise;
  const seconds = (performance.now() - startedMs) / 1_000;
  await stop();
  return jobs / seconds;
}

function median(rows: readonly number[][]): number[] {
  return (rows[0] ?? []).map((_, column) => {
    const values = rows.map((row) => row[column] ?? 0).sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)] ?? 0;
  });
}

function moverOf(queue: JobQueue): Mover {
  return {
    fill: (ids) => queue.addMany(ids.map((id) => ({ id, priority: 1 }))),
    add: (id) => queue.add({ id, priority: 1 }),
    work: async (handler) => {
      const consumer = await queue.consume(handler, { concurrency, lockDurationMs });
      return () => consumer.close();
    },
    close: () => queue.close(),
  };
}

function bareMover<C>(
  bullmq: ReturnType<typeof withBackend<ReturnType<typeof createPostgresBackend | typeof createRedisBackend>, C>>,
  connection: C,
  end: () => Promise<void>,
): Mover {
  const queue = new bullmq.Queue('bench-bare', { connection });
  const optionsOf = (id: string) => ({ jobId: id, priority: 1, removeOnComplete: true, removeOnFail: true });
  return {
    fill: async (ids) => {
      await queue.addBulk(ids.map((id) => ({ name: 'job', data: {}, opts: optionsOf(id) })));
    },
    add: async (id) => {
      await queue.add('job', {}, optionsOf(id));
    },
    work: async (handler) => {
      const worker = new bullmq.Worker('bench-bare', handler, { connection, concurrency });
      await worker.waitUntilReady();
      return () => worker.close();
    },
    close: async () => {
      await queue.close();
      await end();
    },
  };
}
