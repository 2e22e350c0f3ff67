import type { Kysely, Selectable } from 'kysely';
import type { AuditTables } from '#database/audit-tables.ts';
import type { Database } from '#database/schema.ts';
import type { ActContent, ChainEnd, ChainReport, ChainsReport } from './audit.ts';
import { chainOf, firstHash, hashOfContent, hashOfLink, tenantOf } from './chain.ts';

const readAtOnce = 1_000;

/**
 * Follows a chain from its beginning to its end and computes everything anew. Whatever was changed, taken out or put in
 * between shows; where the chain and its end were both written anew, only a copy of an earlier end does.
 */
export async function verifyChain(
  db: Kysely<Database>,
  tenantId: string | null,
  known?: ChainEnd,
): Promise<ChainReport> {
  for (;;) {
    const ends = await endsOf(db, tenantId);
    const report = await follow(db, tenantId, ends, known);
    // Unless its oldest entries were given up meanwhile.
    if (report.intact || (await endsOf(db, tenantId))?.first_number === ends?.first_number) return report;
  }
}

type Ends = Selectable<AuditTables['audit_chains']>;

async function endsOf(db: Kysely<Database>, tenantId: string | null): Promise<Ends | undefined> {
  return await db.selectFrom('audit_chains').selectAll().where('chain', '=', chainOf(tenantId)).executeTakeFirst();
}

async function follow(
  db: Kysely<Database>,
  tenantId: string | null,
  ends: Ends | undefined,
  known: ChainEnd | undefined,
): Promise<ChainReport> {
  const chain = chainOf(tenantId);
  const { first_number = 1, first_hash = firstHash, number: lastNumber = 0, hash: lastHash = firstHash } = ends ?? {};
  let previous = { number: first_number - 1, hash: first_hash };
  let entries = 0;
  let blanked = 0;
  const report = (reason?: string, number = previous.number + 1): ChainReport => ({
    entries,
    blanked,
    intact: reason === undefined,
    head: { number: lastNumber, hash: lastHash },
    ...(reason !== undefined && { brokenAt: { number, reason } }),
  });
  for (;;) {
    const rows = await db
      .selectFrom('audit_entries')
      .selectAll()
      .where('chain', '=', chain)
      .where('number', '>', previous.number)
      // What was added since the end was read is for the next time.
      .where('number', '<=', Math.max(lastNumber, previous.number))
      .orderBy('number')
      .limit(readAtOnce)
      .execute();
    for (const row of rows) {
      if (row.number !== previous.number + 1) return report('This entry is missing.');
      if (row.tenant_id !== tenantId) return report('It says that it is of somebody else.');
      if (row.content === null) blanked++;
      else if (hashOfContent(row.salt ?? '', row.content) !== row.content_hash)
        return report('Its content was changed.');
      else if (row.by_id !== actorOf(row.content)) return report('It names somebody else than its content.');
      if (hashOfLink(row, previous.hash) !== row.hash) return report('It, or the one before it, was changed.');
      if (row.number === known?.number && row.hash !== known.hash) return report('It is not the one that you know.');
      previous = { number: row.number, hash: row.hash };
      entries++;
    }
    if (rows.length < readAtOnce) break;
  }
  if (previous.number < lastNumber) return report('This entry and all after it are missing.');
  if (previous.hash !== lastHash)
    return report('The last entry is not the one that was written last.', previous.number);
  if (known !== undefined && known.number > lastNumber) return report('The end that you know is missing.');
  const beyond = db.selectFrom('audit_entries').select('number').where('chain', '=', chain);
  const stray = await beyond
    .where((eb) => eb.or([eb('number', '<', first_number), ...(ends === undefined ? [eb('number', '>', 0)] : [])]))
    .executeTakeFirst();
  return stray === undefined ? report() : report('It is from before the beginning of the chain.', stray.number);
}

/** Every chain that has an entry or an end, in the order of their tenants. */
export async function verifyChains(db: Kysely<Database>): Promise<ChainsReport> {
  const found = await db
    .selectFrom('audit_entries')
    .select('chain')
    .union(db.selectFrom('audit_chains').select('chain'))
    .orderBy('chain')
    .execute();
  const sum = { chains: 0, entries: 0, blanked: 0 };
  for (const { chain } of found) {
    const tenantId = tenantOf(chain);
    const { entries, blanked, brokenAt } = await verifyChain(db, tenantId);
    sum.chains++;
    sum.entries += entries;
    sum.blanked += blanked;
    if (brokenAt === undefined) continue;
    const { number, reason } = brokenAt;
    return { ...sum, intact: false, brokenAt: number, reason, brokenIn: tenantId ?? 'server' };
  }
  return { ...sum, intact: true };
}

function actorOf(content: string): string | null {
  return (JSON.parse(content) as ActContent).by?.userId ?? null;
}
