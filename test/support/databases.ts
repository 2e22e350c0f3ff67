import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenDatabase } from '#database/database.ts';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { freshDatabase } from './servers.ts';

/** A database of a test's own, gone when it is closed. */
export interface TestDatabase {
  readonly database: OpenDatabase;
  close(): Promise<void>;
}

export async function freshPGlite(): Promise<TestDatabase> {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-embedded-'));
  const database = await openPGliteDatabase({ dir });
  const close = async () => {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { database, close };
}

export async function freshPostgres(): Promise<TestDatabase> {
  const fresh = await freshDatabase();
  const database = await openPostgresDatabase({ url: fresh.url });
  const close = async () => {
    await database.close();
    await fresh.drop();
  };
  return { database, close };
}
