import { type Kysely, sql, type Transaction } from 'kysely';
import { isId } from '#kernel/ids.ts';
import type { Database } from './schema.ts';
import { tenantRole } from './tenant-role.ts';

/**
 * The database as one tenant sees it. Services that act on somebody's behalf get this and not the database itself, so
 * that a query without a tenant cannot be written; row-level security under it refuses what a query forgets.
 */
export interface TenantDatabase {
  /**
   * One transaction in which only this tenant's rows are there to be seen, changed or added.
   *
   * @param tenantId a tenant's id; with another one there are no rows
   */
  run<T>(tenantId: string, work: (db: Transaction<Database>) => Promise<T>): Promise<T>;
}

/** For what opens a transaction by itself, inside of one that is this tenant's already. */
export function joinTransaction(trx: Transaction<Database>, tenantId: string): TenantDatabase {
  return {
    async run(asked, work) {
      if (asked !== tenantId) throw new Error('a transaction belongs to one tenant');
      return await work(trx);
    },
  };
}

/**
 * @param enforced whether the role exists: see `prepareTenantRole`. Without it queries filter for themselves, as they do
 * everywhere, and nothing stands under them.
 */
export function openTenantDatabase(db: Kysely<Database>, enforced: boolean): TenantDatabase {
  // Without parameters, so that it goes in one message with the beginning of the transaction.
  const enter = (tenantId: string) => {
    if (!isId(tenantId)) throw new Error('a tenant’s id is a UUID');
    const tenant = sql`set_config('esteira.tenant_id', ${sql.lit(tenantId)}, true)`;
    return enforced ? sql`select set_config('role', ${sql.lit(tenantRole)}, true), ${tenant}` : sql`select ${tenant}`;
  };
  return {
    run: (tenantId, work) =>
      db.transaction().execute(async (trx) => {
        await enter(tenantId).execute(trx);
        return await work(trx);
      }),
  };
}
