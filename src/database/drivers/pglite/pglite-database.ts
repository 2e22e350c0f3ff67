import { mkdir } from 'node:fs/promises';
import { PGlite, types } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import type { OpenDatabase } from '../../database.ts';
import { migrate } from '../../migrate.ts';
import { sayingRefusals } from '../../refusals.ts';
import type { Database } from '../../schema.ts';
import { openTenantDatabase } from '../../tenant-database.ts';
import { prepareTenantRole } from '../../tenant-role.ts';
import { vacuumWhereNeeded } from './vacuum.ts';

export interface PGliteDatabase extends OpenDatabase {
  readonly driver: 'pglite';
  /** The same instance serves the queue. It has one connection: never wait for the queue inside a transaction. */
  readonly pglite: PGlite;
}

export interface PGliteOptions {
  /** Created when missing, readable by its owner only. */
  readonly dir: string;
  /** Default 5 minutes. */
  readonly vacuumIntervalMs?: number;
  /** Told when a table could not be vacuumed; the next time comes. */
  readonly onVacuumError?: (error: unknown) => void;
}

/**
 * PostgreSQL inside this process, in a folder.
 *
 * The folder must be ours alone (see `data-dir-lock.ts`): a second process would corrupt it.
 */
export async function openPGliteDatabase(options: PGliteOptions): Promise<PGliteDatabase> {
  const { dir, vacuumIntervalMs = 300_000, onVacuumError } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const pglite = await PGlite.create({ dataDir: dir, parsers: { [types.INT8]: Number }, postgresqlconf: settings });
  const db = new Kysely<Database>({ dialect: sayingRefusals(new PGliteDialect({ pglite })) });
  await migrate(db);
  const rowSecurity = await prepareTenantRole(db);
  const vacuuming = setInterval(() => {
    vacuumWhereNeeded(pglite).catch((error: unknown) => onVacuumError?.(error));
  }, vacuumIntervalMs).unref();
  const close = async () => {
    clearInterval(vacuuming);
    await db.destroy();
  };
  return { driver: 'pglite', pglite, db, tenantDb: openTenantDatabase(db, rowSecurity), rowSecurity, close };
}

/**
 * One connection and a small database: the default buffers of 128 MB would only add to the process. And a segment of the log
 * that has had its time goes, with what stands in it, instead of being kept for later.
 */
const settings = ['shared_buffers = 16MB', 'wal_buffers = 1MB', 'wal_recycle = off'];
