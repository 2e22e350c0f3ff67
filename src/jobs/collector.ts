import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { every, type Repeating } from './every.ts';
import { sweepScratch } from './scratch.ts';
import { unreferenced } from './unreferenced.ts';

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
  /** Finished jobs are kept this long, unless their tenant has a time of its own. */
  readonly resultTtlMs: number;
  /** How often the whole store is looked through: where each page of it costs money, less often. */
  readonly objectsIntervalMs: number;
}

export interface CollectOptions extends Pick<CollectorOptions, 'minAgeMs' | 'resultTtlMs'> {
  /** Whether the store is looked through as well. */
  readonly objects?: boolean;
}

export interface Collected {
  readonly jobs: number;
  readonly batches: number;
  readonly neededResults: number;
  readonly objects: number;
  readonly scratchDirs: number;
}

const batchSize = 500;
/** At once: a store that is far away takes its time for each. */
const removalsAtOnce = 8;

export function startCollector(deps: CollectorDeps, options: CollectorOptions): Repeating {
  let objectsSeenAt = Number.NEGATIVE_INFINITY;
  return every(
    options.intervalMs,
    async () => {
      const objects = performance.now() - objectsSeenAt >= options.objectsIntervalMs;
      const collected = await collect(deps, { ...options, objects });
      if (objects) objectsSeenAt = performance.now();
      if (Object.values(collected).some((count) => count > 0)) deps.log.info(collected, 'collected what nobody needs');
    },
    (error) => deps.log.warn({ err: error }, 'collection failed; trying again'),
  );
}

/** Removes finished jobs past their time, batches without jobs, then objects that no row refers to, then what killed workers left. */
export async function collect(
  { db, store, scratchRoot }: CollectorDeps,
  { minAgeMs, resultTtlMs, objects: withObjects = true }: CollectOptions,
): Promise<Collected> {
  const jobs = await removeExpired(db, resultTtlMs);
  const batches = await removeEmptyBatches(db);
  const neededResults = await removeUnused(db, resultTtlMs);
  const objects = withObjects ? await removeOrphans(db, store, minAgeMs) : 0;
  return { jobs, batches, neededResults, objects, scratchDirs: await sweepScratch(db, scratchRoot) };
}

async function removeExpired(db: Kysely<Database>, ttlMs: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const expired = db
      .selectFrom('jobs')
      .innerJoin('tenants', 'tenants.id', 'jobs.tenant_id')
      .select('jobs.id')
      // Of nobody earlier than this: so that the index finds the few there are.
      .where(
        'finished_at',
        '<',
        sql<Date>`now() - make_interval(secs => least(${ttlMs / 1_000}, (${shortestTtl(db)})))`,
      )
      .where('finished_at', '<', keptSince(ttlMs))
      // Somebody was told that it can be read until then.
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('shares')
              .select('id')
              .whereRef('shares.job_id', '=', 'jobs.id')
              .where('revoked_at', 'is', null)
              .where('expires_at', '>', sql<Date>`now()`),
          ),
        ),
      )
      .limit(batchSize)
      .forUpdate('jobs')
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
    .using('tenants')
    .whereRef('tenants.id', '=', 'needed_results.tenant_id')
    .where('used_at', '<', keptSince(ttlMs))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** The time before which nothing of a tenant is kept; its row is named `tenants`. Its plan says how long at most. */
function keptSince(ttlMs: number) {
  return sql<Date>`now() - make_interval(secs => kept_seconds(tenants, ${ttlMs / 1_000}))`;
}

function shortestTtl(db: Kysely<Database>) {
  return db
    .selectFrom('tenants')
    .innerJoin('plans', 'plans.id', 'tenants.plan_id')
    .select(sql<number>`min(least(nullif(result_ttl_seconds, 0), retention_seconds))`.as('seconds'));
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
    const orphans = await unreferenced(db, batch);
    while (orphans.length > 0) {
      const some = orphans.splice(0, removalsAtOnce);
      const gone = await Promise.all(some.map((sha256) => store.deleteIfOlder(sha256, minAgeMs)));
      removed += gone.filter(Boolean).length;
    }
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
