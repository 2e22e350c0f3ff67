import { type Kysely, sql } from 'kysely';
import { protectTenantRows, type RowCommand } from '../tenant-rows.ts';

/**
 * Row-level security under the queries of those who act for a tenant: what a query forgets, the database refuses. The role
 * that is bound by it is made at every start, see `tenant-role.ts`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await protectTenantRows(db, 'tenants', { column: 'id', commands: ['select', 'update'] });
  for (const table of await tablesOfTenants(db)) await protectTenantRows(db, table, { commands: limited[table] });
  for (const [table, parent, column] of parts)
    await protectTenantRows(db, table, { parent: { table: parent, column } });
}

/** Those that tenants do not do everything with; triggers write into two of them on their behalf. */
const limited: Readonly<Record<string, readonly RowCommand[]>> = {
  needed_results: [],
  removals: ['select', 'insert'],
  webhook_outbox: ['insert'],
  webhook_keys: ['select', 'insert', 'update'],
  webhook_messages: ['select', 'insert'],
  webhook_deliveries: ['select', 'insert', 'update'],
};

/** Rows that belong to a row. */
const parts = [
  ['job_inputs', 'jobs', 'job_id'],
  ['job_outputs', 'jobs', 'job_id'],
  ['pipeline_steps', 'pipelines', 'pipeline_id'],
  ['template_versions', 'templates', 'template_id'],
] as const;

/** Every one that there is by now; those of later migrations are their affair. */
async function tablesOfTenants(db: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.columns
    where table_schema = current_schema() and column_name = 'tenant_id' order by table_name`.execute(db);
  return rows.map(({ name }) => name);
}
