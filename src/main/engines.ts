import { join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Config } from '#config.ts';
import type { DataDirLock } from '#database/data-dir-lock.ts';
import type { OpenDatabase } from '#database/database.ts';
import type { PGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import type { FanOut } from '#events/fan-out.ts';
import type { JobQueue } from '#jobs/job-queue.ts';
import { makeFolder } from '#kernel/folders.ts';
import { databaseCheck, fanOutCheck, queueCheck, storageCheck } from '#observability/checks.ts';
import type { HealthCheck } from '#observability/health.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { notWritable } from './data-folder.ts';

/** What keeps things, open. */
export interface Engines {
  readonly database: OpenDatabase;
  readonly queue: JobQueue;
  readonly fanOut: FanOut;
  readonly store: ObjectStore;
  /** Only the embedded database needs the data folder for itself. */
  readonly lock: DataDirLock | undefined;
}

/**
 * Opens database, queue and object store; `opened` closes them.
 *
 * @throws AppError DATA_DIR_LOCKED, DATABASE_UNAVAILABLE, QUEUE_UNAVAILABLE, FAN_OUT_UNAVAILABLE, STORAGE_FULL, CONFIG_INVALID
 */
export async function openEngines(config: Config, log: Logger, opened: AsyncDisposableStack): Promise<Engines> {
  const { dataDir, databaseUrl } = config;
  await makeFolder(dataDir).catch(notWritable);
  const lock = databaseUrl === undefined ? await takeDataDir(config) : undefined;
  opened.defer(async () => lock?.release());
  const store = await openStore(join(dataDir, 'objects')).catch(notWritable);
  opened.defer(() => store.close());
  const database = await openDatabase(config, log);
  opened.defer(() => database.close());
  const queue = await openQueue(config, database, log);
  opened.defer(() => queue.close());
  const fanOut = await openFanOut(config, log);
  opened.defer(() => fanOut.close());
  return { database, queue, fanOut, store, lock };
}

export function engineChecks({ database, queue, fanOut, store }: Engines): HealthCheck[] {
  return [
    databaseCheck(() => sql`select 1`.execute(database.db)),
    queueCheck(queue),
    fanOutCheck(fanOut),
    storageCheck(store),
  ];
}

async function takeDataDir({ dataDir, host, port }: Config): Promise<DataDirLock> {
  const { lockDataDir } = await import('#database/data-dir-lock.ts');
  return lockDataDir(dataDir, `http://${host.includes(':') ? `[${host}]` : host}:${port}`).catch(notWritable);
}

async function openFanOut({ queueDriver, redisUrl, databaseUrl }: Config, log: Logger): Promise<FanOut> {
  const onError = (error: unknown): void => log.warn({ err: error }, 'other processes are told late');
  if (queueDriver === 'redis' && redisUrl !== undefined) {
    const { openRedisFanOut } = await import('#events/drivers/redis/redis-fan-out.ts');
    return openRedisFanOut({ url: redisUrl, onError });
  }
  if (databaseUrl !== undefined) {
    const { openPostgresFanOut } = await import('#events/drivers/postgres/postgres-fan-out.ts');
    return openPostgresFanOut({ url: databaseUrl, onError });
  }
  const { memoryFanOut } = await import('#events/drivers/memory/memory-fan-out.ts');
  return memoryFanOut();
}

async function openStore(dir: string): Promise<ObjectStore> {
  const { openLocalObjectStore } = await import('#storage/drivers/local/local-object-store.ts');
  return openLocalObjectStore({ dir });
}

async function openDatabase({ databaseUrl, dataDir }: Config, log: Logger): Promise<OpenDatabase | PGliteDatabase> {
  if (databaseUrl === undefined) {
    const { openPGliteDatabase } = await import('#database/drivers/pglite/pglite-database.ts');
    const onVacuumError = (error: unknown): void => log.warn({ err: error }, 'the database could not be vacuumed');
    return openPGliteDatabase({ dir: join(dataDir, 'database'), onVacuumError });
  }
  const { openPostgresDatabase } = await import('#database/drivers/postgres/postgres-database.ts');
  const onIdleError = (error: Error): void => log.warn({ err: error }, 'a database connection broke');
  return openPostgresDatabase({ url: databaseUrl, onIdleError });
}

async function openQueue(config: Config, database: OpenDatabase | PGliteDatabase, log: Logger): Promise<JobQueue> {
  const onError = (error: unknown, jobId?: string): void => log.warn({ err: error, jobId }, 'the queue reports');
  if (config.queueDriver === 'redis' && config.redisUrl !== undefined) {
    const { openRedisQueue } = await import('#jobs/drivers/redis/redis-queue.ts');
    return openRedisQueue({ url: config.redisUrl, onError });
  }
  if (config.databaseUrl !== undefined) {
    const { openPostgresQueue } = await import('#jobs/drivers/postgres/postgres-queue.ts');
    return openPostgresQueue({ url: config.databaseUrl, onError });
  }
  if (!('pglite' in database)) throw new Error('the embedded queue lives in the embedded database');
  const { openEmbeddedQueue } = await import('#jobs/drivers/embedded/embedded-queue.ts');
  return openEmbeddedQueue({ pglite: database.pglite, onError });
}
