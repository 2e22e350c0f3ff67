import { randomBytes } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { inTransaction } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import type { ActContent } from './audit.ts';
import { chainOf, firstHash, hashOfContent, hashOfLink } from './chain.ts';

const batchSize = 500;
/** Any number; held while acts get their places: chains have one writer. */
const sealingLock = 735_221_016;

/** Gives a place in its chain to every act that was committed before the call. @returns how many there were */
export async function sealActs(db: Kysely<Database>): Promise<number> {
  let sealed = 0;
  for (;;) {
    const count = await inTransaction(db, sealSome);
    sealed += count;
    if (count < batchSize) return sealed;
  }
}

async function sealSome(trx: Transaction<Database>): Promise<number> {
  const { rows: waiting } = await sql`select from audit_outbox limit 1`.execute(trx);
  if (waiting.length === 0) return 0;
  await sql`select pg_advisory_xact_lock(${sealingLock})`.execute(trx);
  const acts = await trx.selectFrom('audit_outbox').selectAll().orderBy('number').limit(batchSize).execute();
  if (acts.length === 0) return 0;
  const chains = [...new Set(acts.map(({ tenant_id }) => chainOf(tenant_id)))];
  await trx
    .insertInto('audit_chains')
    .values(chains.map((chain) => ({ chain, hash: firstHash, first_hash: firstHash })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const heads = await trx.selectFrom('audit_chains').selectAll().where('chain', 'in', chains).execute();
  const ends = new Map(heads.map(({ chain, number, hash }) => [chain, { number, hash }]));
  const entries = acts.map(({ id, tenant_id, at, action, content }) => {
    const chain = chainOf(tenant_id);
    const end = ends.get(chain) ?? { number: 0, hash: firstHash };
    const salt = randomBytes(16).toString('hex');
    const { by } = JSON.parse(content) as ActContent;
    const content_hash = hashOfContent(salt, content);
    const link = { chain, number: end.number + 1, id, at, action, content_hash };
    const hash = hashOfLink(link, end.hash);
    ends.set(chain, { number: link.number, hash });
    return { ...link, tenant_id, by_id: by?.userId ?? null, content, salt, hash };
  });
  await trx.insertInto('audit_entries').values(entries).execute();
  for (const [chain, end] of ends) {
    await trx.updateTable('audit_chains').set(end).where('chain', '=', chain).execute();
  }
  const numbers = acts.map(({ number }) => number);
  await sql`delete from audit_outbox where number = any(${numbers}::bigint[])`.execute(trx);
  return acts.length;
}
