import { mkdir } from 'node:fs/promises';
import { PGlite, types } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import type { OpenDatabase } from '../../database.ts';
import { migrate } from '../../migrate.ts';
import type { Database } from '../../schema.ts';

export interface PGliteDatabase extends OpenDatabase {
  readonly driver: 'pglite';
  /** The same instance serves the queue. It has one connection: never wait for the queue inside a transaction. */
  readonly pglite: PGlite;
}

/**
 * PostgreSQL inside this process, in a folder.
 *
 * The folder must be ours alone (see `data-dir-lock.ts`): a second process would corrupt it.
 *
 * @param dir created when missing, readable by its owner only
 */
export async function openPGliteDatabase({ dir }: { readonly dir: string }): Promise<PGliteDatabase> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const pglite = await PGlite.create({ dataDir: dir, parsers: { [types.INT8]: Number }, postgresqlconf: settings });
  const db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite }) });
  await migrate(db);
  return { driver: 'pglite', pglite, db, close: () => db.destroy() };
}

/** One connection and a small database: the default buffers of 128 MB would only add to the process. */
const settings = ['shared_buffers = 16MB', 'wal_buffers = 1MB'];
