import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { every, type Repeating } from './every.ts';
import { sweepScratch } from './scratch.ts';
import { inMs } from './settle-job.ts';

export interface CollectorDeps {
  readonly db: Kysely<Database>;
  readonly store: ObjectStore;
  readonly scratchRoot: string;
  readonly log: Logger;
}

export interface CollectorOptions {
  readonly intervalMs: number;
  /** An object this young may belong to a row that is about to be written. Longer than any upload's or job's end. */
  readonly minAgeMs: number;
  /** Finished jobs are kept this long. */
  readonly resultTtlMs: number;
}

export interface Collected {
  readonly jobs: number;
  readonly batches: number;
  readonly neededResults: number;
  readonly objects: number;
  readonly scratchDirs: number;
}

const batchSize = 500;

export function startCollector(deps: CollectorDeps, options: CollectorOptions): Repeating {
  return every(
    options.intervalMs,
    async () => {
      const collected = await collect(deps, options);
      if (Object.values(collected).some((count) => count > 0)) deps.log.info(collected, 'collected what nobody needs');
    },
    (error) => deps.log.warn({ err: error }, 'collection failed; trying again'),
  );
}

/** Removes finished jobs past their time, batches without jobs, then objects that no row refers to, then what killed workers left. */
export async function collect(
  { db, store, scratchRoot }: CollectorDeps,
  { minAgeMs, resultTtlMs }: Omit<CollectorOptions, 'intervalMs'>,
): Promise<Collected> {
  const jobs = await removeExpired(db, resultTtlMs);
  const batches = await removeEmptyBatches(db);
  const neededResults = await removeUnused(db, resultTtlMs);
  const objects = await removeOrphans(db, store, minAgeMs);
  return { jobs, batches, neededResults, objects, scratchDirs: await sweepScratch(db, scratchRoot) };
}

async function removeExpired(db: Kysely<Database>, ttlMs: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const expired = db
      .selectFrom('jobs')
      .select('id')
      .where('finished_at', '<', inMs(-ttlMs))
      .limit(batchSize)
      .forUpdate()
      .skipLocked();
    const rows = await db.deleteFrom('jobs').where('id', 'in', expired).returning('id').execute();
    removed += rows.length;
    if (rows.length < batchSize) return removed;
  }
}

/** A batch is written together with its jobs and never gets more: without any, it is over. */
async function removeEmptyBatches(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('batches')
    .where((eb) => eb.not(eb.exists(eb.selectFrom('jobs').select('id').whereRef('jobs.batch_id', '=', 'batches.id'))))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Deleting the row of a result that is in use costs nothing but making it again: its file is checked out already. */
async function removeUnused(db: Kysely<Database>, ttlMs: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('needed_results')
    .where('used_at', '<', inMs(-ttlMs))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/**
 * Safe while everything runs: a row that begins to refer to an object either copies the reference from a row that it
 * locks (create-job.ts), so that at every moment one of the two is there, or has just put the object, which is too
 * young then.
 */
async function removeOrphans(db: Kysely<Database>, store: ObjectStore, minAgeMs: number): Promise<number> {
  let removed = 0;
  let batch: string[] = [];
  const flush = async () => {
    for (const sha256 of await unreferenced(db, batch)) if (await store.deleteIfOlder(sha256, minAgeMs)) removed++;
    batch = [];
  };
  const youngestMs = Date.now() - minAgeMs;
  for await (const { sha256, modifiedAtMs } of store.list()) {
    if (modifiedAtMs > youngestMs) continue;
    batch.push(sha256);
    if (batch.length === batchSize) await flush();
  }
  await flush();
  return removed;
}

/** An input is held by its asset, and by its jobs until they end. */
async function unreferenced(db: Kysely<Database>, hashes: readonly string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const { rows } = await sql<{ sha256: string }>`
    select object.sha256 from unnest(${hashes}::text[]) as object (sha256)
    where not exists (select from assets where assets.sha256 = object.sha256)
      and not exists (select from job_outputs where job_outputs.sha256 = object.sha256)
      and not exists (select from needed_results where needed_results.sha256 = object.sha256)
      and not exists (
        select from job_inputs join jobs on jobs.id = job_inputs.job_id
        where job_inputs.sha256 = object.sha256 and jobs.status in ('queued', 'active'))`.execute(db);
  return rows.map((row) => row.sha256);
}
