import { join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Config } from '#config.ts';
import type { DataDirLock } from '#database/data-dir-lock.ts';
import type { OpenDatabase } from '#database/database.ts';
import type { PGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import type { FanOut } from '#events/fan-out.ts';
import { makeFolder } from '#kernel/folders.ts';
import {
  databaseCheck,
  fanOutCheck,
  rowSecurityCheck,
  storageCheck,
  withoutRowSecurity,
} from '#observability/checks.ts';
import type { HealthCheck } from '#observability/health.ts';
import type { DirectAccess } from '#storage/direct-access.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { notWritable } from './data-folder.ts';

/** What keeps things, open. */
export interface Engines {
  readonly database: OpenDatabase;
  readonly fanOut: FanOut;
  readonly store: ObjectStore;
  /** The same store, where clients can reach it by themselves. */
  readonly direct: DirectAccess | undefined;
  /** Only the embedded database needs the data folder for itself. */
  readonly lock: DataDirLock | undefined;
}

/**
 * Opens database, object store and the way to other processes; `opened` closes them.
 *
 * @throws AppError DATA_DIR_LOCKED, DATABASE_UNAVAILABLE, FAN_OUT_UNAVAILABLE, STORAGE_FULL,
 *   STORAGE_UNAVAILABLE, CONFIG_INVALID
 */
export async function openEngines(config: Config, log: Logger, opened: AsyncDisposableStack): Promise<Engines> {
  const { dataDir, databaseUrl } = config;
  await makeFolder(dataDir).catch(notWritable);
  const lock = databaseUrl === undefined ? await takeDataDir(config) : undefined;
  opened.defer(async () => lock?.release());
  const { store, direct } = await openStore(config);
  opened.defer(() => store.close());
  const database = await openDatabase(config, log);
  if (config.auth === 'accounts' && !database.rowSecurity) log.warn(withoutRowSecurity);
  opened.defer(() => database.close());
  const fanOut = await openFanOut(config, log);
  opened.defer(() => fanOut.close());
  return { database, fanOut, store, direct, lock };
}

export function engineChecks({ database, fanOut, store }: Engines, { auth }: Pick<Config, 'auth'>): HealthCheck[] {
  return [
    databaseCheck(() => sql`select 1`.execute(database.db)),
    // Where there is one tenant there is nobody to be kept apart from.
    ...(auth === 'accounts' ? [rowSecurityCheck(database.rowSecurity)] : []),
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

async function openStore({ dataDir, s3 }: Config): Promise<Pick<Engines, 'store' | 'direct'>> {
  if (s3 === undefined) {
    const { openLocalObjectStore } = await import('#storage/drivers/local/local-object-store.ts');
    return {
      store: await openLocalObjectStore({ dir: join(dataDir, 'objects') }).catch(notWritable),
      direct: undefined,
    };
  }
  const { openS3ObjectStore } = await import('#storage/drivers/s3/s3-object-store.ts');
  const store = await openS3ObjectStore(s3);
  return { store, direct: store };
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
