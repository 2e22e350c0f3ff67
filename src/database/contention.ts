import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from './schema.ts';
import type { TenantDatabase } from './tenant-database.ts';

/** Another transaction was first: nothing was written, and the whole may be tried again. */
export function isContention(error: unknown): boolean {
  return isUniqueViolation(error) || hasCode(error, '40P01') || hasCode(error, '40001'); // deadlock, serialization
}

/** There is such a row already. */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, '23505');
}

/** As PostgreSQL's error codes are given by both drivers. */
function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

const maxRounds = 5;

/** One transaction; from the beginning when another one was in its way. */
export function inTransaction<T>(db: Kysely<Database>, change: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
  return untilUncontended(() => db.transaction().execute(change));
}

/** The same for a transaction of a tenant. */
export function inTenantTransaction<T>(
  tenantDb: TenantDatabase,
  tenantId: string,
  change: (trx: Transaction<Database>) => Promise<T>,
): Promise<T> {
  return untilUncontended(() => tenantDb.run(tenantId, change));
}

/**
 * A part of a transaction that may be refused by the database and leaves nothing then, while the transaction goes on.
 *
 * @throws what the part throws
 */
export async function inSavepoint<T>(trx: Transaction<Database>, part: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(trx);
  try {
    const done = await part();
    await sql`release savepoint part`.execute(trx);
    return done;
  } catch (error) {
    // Where the connection is gone, so is the transaction, and the error says why.
    await sql`rollback to savepoint part`.execute(trx).catch(() => undefined);
    throw error;
  }
}

async function untilUncontended<T>(attempt: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await attempt();
    } catch (error) {
      if (round === maxRounds || !isContention(error)) throw error;
    }
  }
}
