import { Kysely, PostgresDialect } from 'kysely';
import { Pool, type PoolConfig, types } from 'pg';
import type { OpenDatabase } from '../../database.ts';
import { migrate } from '../../migrate.ts';
import { sayingRefusals } from '../../refusals.ts';
import type { Database } from '../../schema.ts';
import { openTenantDatabase } from '../../tenant-database.ts';
import { prepareTenantRole } from '../../tenant-role.ts';
import { availablePool } from './available-pool.ts';
import { runInOneMessage } from './one-message.ts';

export interface PostgresOptions {
  readonly url: string;
  /** Upper bound of this process's connections, the queue's not counted. Default 10. */
  readonly maxConnections?: number;
  /** Told of connections that broke while idle; the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/**
 * A PostgreSQL server, through a bounded pool.
 *
 * @throws AppError DATABASE_UNAVAILABLE when it does not answer
 */
export async function openPostgresDatabase(options: PostgresOptions): Promise<OpenDatabase> {
  const rowSecurity = await migrateAlone(options.url);
  const pool = new Pool({
    ...connection(options.url),
    max: options.maxConnections ?? 10,
    pipeline: true,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 30_000,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  const db = new Kysely<Database>({ dialect: sayingRefusals(new PostgresDialect({ pool: availablePool(pool) })) });
  const tenantDb = openTenantDatabase(db, rowSecurity, runInOneMessage);
  return { driver: 'postgres', db, tenantDb, rowSecurity, close: () => db.destroy() };
}

/**
 * On a connection without time limits: a migration may be long, and so may the wait for another's.
 *
 * @returns whether row-level security is in force
 */
async function migrateAlone(url: string): Promise<boolean> {
  const pool = new Pool({ ...connection(url), max: 1 });
  pool.on('error', () => undefined); // the query in flight reports it
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: availablePool(pool) }) });
  try {
    await migrate(db);
    return await prepareTenantRole(db);
  } finally {
    await db.destroy();
  }
}

function connection(url: string): PoolConfig {
  return {
    connectionString: url,
    application_name: 'esteira',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    types: { getTypeParser },
  };
}

/** Counts and byte sizes fit a number; the library's default for int8 is a string. */
const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === types.builtins.INT8 && format !== 'binary'
    ? Number
    : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser;
