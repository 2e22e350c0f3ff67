import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** A database that is open and migrated. */
export interface OpenDatabase {
  readonly driver: 'pglite' | 'postgres';
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}
