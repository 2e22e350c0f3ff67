import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { openPostgresFanOut } from '#events/drivers/postgres/postgres-fan-out.ts';
import { openRedisFanOut } from '#events/drivers/redis/redis-fan-out.ts';
import { freshDatabase, redisUrl } from '../test/support/servers.ts';
import { bareEmbedded, barePostgres, bareRedis } from './queue/bare-mover.ts';
import type { Mover } from './queue/mover.ts';
import { ourMover } from './queue/our-mover.ts';

/**
 * What the line costs, with jobs that do nothing: how long an idle worker takes to hear of a job, and how many jobs a
 * second pass from the request to their end, paired with bare BullMQ on the same kind of engine, in turns. Ours keeps a
 * row for each job and its result; BullMQ forgets its own.
 */

export interface QueueFigure {
  readonly engine: string;
  readonly pickupP50Ms: number;
  readonly pickupP95Ms: number;
  /** Asked for by 32 callers at once while a worker takes eight at a time. */
  readonly jobsPerSecond: number;
  /** Of bare BullMQ's jobs per second. */
  readonly ofBare: number;
}

const callers = 32;
const concurrency = 8;
const pickups = 200;
const jobs = 3_000;
const rounds = 3;

if (import.meta.main) {
  for (const bench of [benchEmbedded, benchPostgres, benchRedis]) {
    const { engine, pickupP50Ms, pickupP95Ms, jobsPerSecond, ofBare } = await bench();
    console.log(
      `${engine}: pickup p50 ${pickupP50Ms.toFixed(1)} ms, p95 ${pickupP95Ms.toFixed(1)} ms; ` +
        `${Math.round(jobsPerSecond)} jobs/s, ${ofBare.toFixed(2)} of bare BullMQ`,
    );
  }
}

export async function benchEmbedded(): Promise<QueueFigure> {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-bench-'));
  const database = await openPGliteDatabase({ dir });
  const ours = await ourMover(database, memoryFanOut(), () => rm(dir, { recursive: true }));
  return paired('embedded', ours, await bareEmbedded());
}

async function benchPostgres(): Promise<QueueFigure> {
  const [fresh, bare] = [await freshDatabase(), await freshDatabase()];
  const database = await openPostgresDatabase({ url: fresh.url });
  const fanOut = await openPostgresFanOut({ url: fresh.url, onError: console.error });
  const ours = await ourMover(database, fanOut, fresh.drop);
  const figure = await paired('postgres', ours, await barePostgres(bare.url));
  await bare.drop();
  return figure;
}

/** Ours has its rows in PostgreSQL here too; Redis tells the workers. */
async function benchRedis(): Promise<QueueFigure> {
  const [fresh, url] = [await freshDatabase(), await redisUrl()];
  const database = await openPostgresDatabase({ url: fresh.url });
  const ours = await ourMover(database, await openRedisFanOut({ url, onError: console.error }), fresh.drop);
  return paired('redis', ours, bareRedis(url));
}

async function paired(engine: string, ours: Mover, bare: Mover): Promise<QueueFigure> {
  try {
    const rates: (readonly [number, number])[] = [];
    for (let round = 0; round < rounds; round++) {
      rates.push([await throughput(ours, round), await throughput(bare, round)]);
    }
    const jobsPerSecond = median(rates.map(([own]) => own));
    const ofBare = median(rates.map(([own, others]) => own / others));
    return { engine, ...(await pickup(ours)), jobsPerSecond, ofBare };
  } finally {
    await Promise.all([ours.close(), bare.close()]);
  }
}

async function pickup(mover: Mover): Promise<{ pickupP50Ms: number; pickupP95Ms: number }> {
  let taken = Promise.withResolvers<number>();
  const stop = await mover.work(concurrency, () => taken.resolve(performance.now()));
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

async function throughput(mover: Mover, round: number): Promise<number> {
  const all = Promise.withResolvers<void>();
  let done = 0;
  const startedMs = performance.now();
  const stop = await mover.work(concurrency, () => {
    done += 1;
    if (done === jobs) all.resolve();
  });
  const ids = Array.from({ length: jobs }, (_, at) => `round ${round} job ${at}`).values();
  const asking = Array.from({ length: callers }, async () => {
    for (const id of ids) await mover.add(id);
  });
  await Promise.all([...asking, all.promise]);
  const seconds = (performance.now() - startedMs) / 1_000;
  await stop();
  return jobs / seconds;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
