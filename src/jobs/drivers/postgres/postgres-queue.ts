import { createPostgresBackend, DEFAULT_SCHEMA, type PgPool, type PgPoolClient, runMigrations } from 'bullmq';
import { Pool } from 'pg';
import { BullMqJobQueue, type JobQueueOptions, queueUnavailable } from '../../bullmq-queue.ts';
import type { JobQueue } from '../../job-queue.ts';

export interface PostgresQueueOptions extends JobQueueOptions {
  readonly url: string;
  /** Connections of this queue's own; each consumer keeps one to listen. Default 10. */
  readonly maxConnections?: number;
}

/**
 * The queue in PostgreSQL, in the schema `bullmq` of the given database.
 *
 * Its commits do not wait for the disk: the queue holds no truth, and what a power cut takes from it is added again
 * from the rows of the jobs.
 *
 * @throws AppError QUEUE_UNAVAILABLE when the server cannot be reached
 */
export async function openPostgresQueue({
  url,
  maxConnections = 10,
  ...options
}: PostgresQueueOptions): Promise<JobQueue> {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    keepAlive: true,
    connectionTimeoutMillis: 2_000,
    application_name: 'esteira-queue',
    options: `-c search_path=${DEFAULT_SCHEMA} -c synchronous_commit=off`,
  });
  pool.on('error', (error) => options.onError(error));
  try {
    await migrate(pool);
  } catch (cause) {
    await pool.end();
    throw queueUnavailable('The PostgreSQL server of the queue cannot be used: check DATABASE_URL.', cause);
  }
  const connection = withoutListeners(pool);
  const queue = new BullMqJobQueue(
    {
      driver: 'postgres',
      createBackend: createPostgresBackend,
      producer: connection,
      consumer: connection,
      close: () => pool.end(),
    },
    options,
  );
  await queue.ready();
  return queue;
}

/**
 * The pool as BullMQ gets it. Each of its queues and workers would listen for the pool's errors and never stop, so that
 * one error were told as often as there have been any; it is told once, above.
 */
function withoutListeners(pool: Pool): PgPool {
  const quiet: PgPool = {
    query: async (text, parameters) => pool.query(text, parameters && [...parameters]) as Promise<never>,
    connect: async () => (await pool.connect()) as unknown as PgPoolClient,
    end: () => pool.end(),
    on: () => quiet,
    removeAllListeners: () => quiet,
  };
  // BullMQ asks whether a dead connection would be noticed.
  return Object.assign(quiet, { options: { keepAlive: true } });
}

async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, DEFAULT_SCHEMA);
  } finally {
    client.release();
  }
}
