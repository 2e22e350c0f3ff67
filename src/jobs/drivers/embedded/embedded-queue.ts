import type { PGlite } from '@electric-sql/pglite';
import { createPostgresBackend, DEFAULT_SCHEMA, runMigrations } from 'bullmq';
import { BullMqJobQueue, type JobQueueOptions } from '../../bullmq-queue.ts';
import type { JobQueue } from '../../job-queue.ts';
import { createMigrationSession, createPGlitePool } from './pglite-pool.ts';

export interface EmbeddedQueueOptions extends JobQueueOptions {
  /** Open, shared with the database; stays open when the queue is closed. */
  readonly pglite: PGlite;
  /** Default 5 minutes. */
  readonly vacuumIntervalMs?: number;
}

/**
 * The queue in the embedded database.
 *
 * PGlite has no autovacuum, and every job leaves dead rows: their room is given back here.
 */
export async function openEmbeddedQueue({
  pglite,
  vacuumIntervalMs = 300_000,
  ...options
}: EmbeddedQueueOptions): Promise<JobQueue> {
  await pglite.transaction((transaction) => runMigrations(createMigrationSession(transaction), DEFAULT_SCHEMA));
  // BullMQ names its tables without their schema; ours stay the first that are found.
  await pglite.query(`set search_path to public, ${DEFAULT_SCHEMA}`);
  await pglite.query(withoutEvents);
  const vacuuming = setInterval(() => void giveRoomBack(pglite).catch(options.onError), vacuumIntervalMs).unref();
  const pool = createPGlitePool(pglite);
  const queue = new BullMqJobQueue(
    {
      driver: 'embedded',
      createBackend: createPostgresBackend,
      producer: pool,
      consumer: pool,
      close: async () => clearInterval(vacuuming),
    },
    options,
  );
  await queue.ready();
  return queue;
}

// BullMQ writes a row for everything that happens to a job. Nothing here reads them, and without them an eighth more
// jobs pass in the same time. Only bulk additions still leave some.
const withoutEvents = `
  create or replace function ${DEFAULT_SCHEMA}.publish_event(p_queue text, p_event text, p_data jsonb)
    returns bigint language plpgsql as 'begin return 0; end'`;

async function giveRoomBack(pglite: PGlite): Promise<void> {
  await pglite.query(`truncate ${DEFAULT_SCHEMA}.event`);
  await pglite.query(`vacuum ${DEFAULT_SCHEMA}.job`);
}
