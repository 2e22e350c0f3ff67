import { type Kysely, sql } from 'kysely';
import { protectTenantRows } from '../tenant-rows.ts';
import { measures } from './0014-plans-and-usage/measures.ts';
import { refusals } from './0014-plans-and-usage/refusals.ts';
import { tables } from './0014-plans-and-usage/tables.ts';
import { turns } from './0014-plans-and-usage/turns.ts';

/**
 * What tenants may use, what they have used, and what refuses more.
 *
 * All of it is written and checked by the transactions that do the work, whichever door it came through: a job that ends
 * is counted by the statement that ends it, and one that goes beyond the plan is refused by the statement that makes it.
 * Whoever counts only adds a row, which nobody waits for; those rows are added up later, or when somebody has to know.
 *
 * Functions that triggers call act as who owns the tables: a tenant may not write what it has used.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...measures, ...refusals, ...turns]) await sql.raw(statement).execute(db);
  for (const table of ['usage_records', 'usage_days', 'stored_totals', 'storage_reservations']) {
    await protectTenantRows(db, table, { commands: ['select'] });
  }
  for (const table of ['stored_changes', 'stored_objects']) await protectTenantRows(db, table, { commands: [] });
}
