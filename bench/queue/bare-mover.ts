import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import {
  createPostgresBackend,
  createRedisBackend,
  DEFAULT_SCHEMA,
  type PgPool,
  type PgQueryable,
  runMigrations,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Mover } from './mover.ts';
import { createMigrationSession, createPGlitePool } from './pglite-pool.ts';

/** BullMQ in a PGlite of its own, through the few calls of `pg.Pool` that it makes. */
export async function bareEmbedded(): Promise<Mover> {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-bench-bare-'));
  const pglite = await PGlite.create({ dataDir: dir });
  await pglite.transaction((transaction) => runMigrations(createMigrationSession(transaction), DEFAULT_SCHEMA));
  await pglite.query(`set search_path to ${DEFAULT_SCHEMA}`);
  return bareMover(withBackend(createPostgresBackend), createPGlitePool(pglite), async () => {
    await pglite.close();
    await rm(dir, { recursive: true });
  });
}

export async function barePostgres(url: string): Promise<Mover> {
  const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${DEFAULT_SCHEMA}` });
  const client = await pool.connect();
  await runMigrations(client as unknown as PgQueryable, DEFAULT_SCHEMA);
  client.release();
  return bareMover(withBackend(createPostgresBackend), pool as unknown as PgPool, () => pool.end());
}

export function bareRedis(url: string): Mover {
  const client = new Redis(url, { maxRetriesPerRequest: null });
  return bareMover(withBackend(createRedisBackend), client, async () => client.disconnect());
}

function bareMover<C>(
  bullmq: ReturnType<typeof withBackend<ReturnType<typeof createPostgresBackend | typeof createRedisBackend>, C>>,
  connection: C,
  end: () => Promise<void>,
): Mover {
  const queue = new bullmq.Queue('bench-bare', { connection });
  return {
    async add(id) {
      await queue.add('job', {}, { jobId: id, priority: 1, removeOnComplete: true, removeOnFail: true });
    },
    async work(concurrency, onTaken) {
      const worker = new bullmq.Worker('bench-bare', async () => onTaken(), { connection, concurrency });
      await worker.waitUntilReady();
      return () => worker.close();
    },
    async close() {
      await queue.close();
      await end();
    },
  };
}
