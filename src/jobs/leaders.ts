import { sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';

/** The job in flight for this result, kept in flight until this transaction ends. */
export async function lockLeader(
  trx: Transaction<Database>,
  tenantId: string,
  resultKey: string,
): Promise<string | null> {
  const leaders = await lockLeaders(trx, tenantId, [resultKey]);
  return leaders.get(resultKey) ?? null;
}

/** The same for many results: the leader's id by its result's key. Locked in one order, so that nobody waits in a circle. */
export async function lockLeaders(
  trx: Transaction<Database>,
  tenantId: string,
  resultKeys: readonly string[],
): Promise<Map<string, string>> {
  if (resultKeys.length === 0) return new Map();
  const rows = await selectLeaders(trx, tenantId, resultKeys).orderBy('id').execute();
  return new Map(rows.map((row) => [row.result_key, row.id]));
}

export function selectLeaders(trx: Transaction<Database>, tenantId: string, resultKeys: readonly string[]) {
  return trx
    .selectFrom('jobs')
    .select(['id', 'result_key'])
    .where('tenant_id', '=', tenantId)
    .where('result_key', '=', sql<string>`any(${resultKeys}::text[])`)
    .where('status', 'in', ['queued', 'active'])
    .where('leader_id', 'is', null)
    .forShare();
}
