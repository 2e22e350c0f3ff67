import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import { tenantOf } from './chain.ts';

/** Locks and memory stay small however much is given up at once. */
const batchSize = 5_000;
const dayMs = 86_400_000;

/**
 * Gives up the oldest entries of every chain, once they have been kept long enough. The chain says from then on where it begins,
 * so that what is left can still be followed.
 *
 * @param keptDays of a tenant; null: of the server itself. Null as an answer: for ever
 * @returns how many were given up
 */
export async function trimEntries(
  db: Kysely<Database>,
  keptDays: (tenantId: string | null) => Promise<number | null>,
  nowMs: number = Date.now(),
): Promise<number> {
  let trimmed = 0;
  for (const { chain } of await db.selectFrom('audit_chains').select('chain').execute()) {
    const days = await keptDays(tenantOf(chain));
    if (days === null) continue;
    const before = new Date(nowMs - days * dayMs);
    for (;;) {
      const count = await db.transaction().execute((trx) => trimSome(trx, chain, before));
      trimmed += count;
      if (count < batchSize) break;
    }
  }
  return trimmed;
}

async function trimSome(trx: Transaction<Database>, chain: string, before: Date): Promise<number> {
  const { first_number: first } = await trx
    .selectFrom('audit_chains')
    .select('first_number')
    .where('chain', '=', chain)
    .forUpdate()
    .executeTakeFirstOrThrow();
  // Only from the beginning: an old entry behind a young one waits for it.
  const { rows } = await sql<{ number: number; hash: string }>`
    select number, hash from audit_entries
    where chain = ${chain} and number >= ${first} and number < ${first + batchSize} and number < coalesce(
      (select min(number) from audit_entries where chain = ${chain} and at >= ${before}), ${Number.MAX_SAFE_INTEGER})
    order by number desc limit 1`.execute(trx);
  const [last] = rows;
  if (last === undefined) return 0;
  await trx
    .updateTable('audit_chains')
    .set({ first_number: last.number + 1, first_hash: last.hash })
    .where('chain', '=', chain)
    .execute();
  await trx.deleteFrom('audit_entries').where('chain', '=', chain).where('number', '<=', last.number).execute();
  return last.number + 1 - first;
}
