import type { Transaction } from 'kysely';
import { isId } from '#kernel/ids.ts';
import type { Database } from './schema.ts';

/** What is counted from here on stays so until the transaction ends: of many at once, none passes a limit. */
export async function lockTenant(trx: Transaction<Database>, tenantId: string): Promise<void> {
  await trx.selectFrom('tenants').select('id').where('id', '=', tenantId).forNoKeyUpdate().execute();
}

/**
 * Whether the tenant has this row, and if so whether it is its alone until the transaction ends.
 *
 * @param id anything a client sent
 */
export async function hasRow(
  trx: Transaction<Database>,
  table: 'batches' | 'pipelines' | 'templates',
  tenantId: string,
  id: string,
  hold: 'lock' | 'look' = 'lock',
): Promise<boolean> {
  if (!isId(id)) return false;
  const row = trx.selectFrom(table).select('id').where('id', '=', id).where('tenant_id', '=', tenantId);
  return (await (hold === 'lock' ? row.forUpdate() : row).executeTakeFirst()) !== undefined;
}
