import type { Transaction } from 'kysely';
import type { Database } from './schema.ts';

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
