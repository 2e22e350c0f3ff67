import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inTransaction } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import { cancel } from '#jobs/settle-job.ts';
import { jobsOfPerson, type OwnedTable, ownedTables, tablesOfObjects, type Whose } from './data-map.ts';
import type { Scope } from './privacy.ts';

/** Locks and memory stay small however much somebody leaves. */
const atOnce = 200;

export interface EraseRowsDeps {
  readonly db: Kysely<Database>;
  /** Told of jobs that are over before their time. */
  readonly onStopped: (jobIds: readonly string[]) => void;
  /** Takes away what an upload in pieces, or one that goes past us, has left in front of the store. */
  readonly discardUpload: (id: string) => Promise<void>;
  readonly discardStaged: (id: string) => Promise<void>;
  /** Pictures made from these are no longer shown by any process. */
  readonly onAssetsGone: (ids: readonly string[]) => void;
}

/**
 * Removes every row that is theirs, and writes down which bytes the rows referred to. Nothing that is under way is waited
 * for: it may leave another row behind, so the caller looks again until there is none.
 *
 * @param keep the workspace itself, where nobody signs in and there is only this one
 * @returns how many rows were removed
 */
export async function eraseRows(deps: EraseRowsDeps, scope: Scope, whose: Whose, keep = false): Promise<number> {
  let removed = await stopJobs(deps, scope === 'tenant' ? sql`tenant_id = ${whose.id}` : jobsOfPerson(whose));
  for (const owned of ownedTables) {
    if (keep && owned.table === 'tenants') continue;
    const where = erasedRows(owned, scope);
    if (where !== undefined) removed += await removeAll(deps, owned, where(whose));
  }
  return removed;
}

function erasedRows({ person, tenant, erasedWithPerson }: OwnedTable, scope: Scope): OwnedTable['person'] {
  if (scope === 'tenant') return tenant;
  return erasedWithPerson === 'stays' ? undefined : (erasedWithPerson ?? person);
}

/** Who else waits for the same work goes on with it. */
async function stopJobs({ db, onStopped }: EraseRowsDeps, where: RawBuilder<boolean>): Promise<number> {
  let stopped = 0;
  for (;;) {
    const ids = await inTransaction(db, async (trx) => {
      const found = await trx
        .selectFrom('jobs')
        .select('id')
        .where(where)
        .where('status', 'in', ['queued', 'active'])
        .orderBy('id')
        .limit(atOnce)
        .execute();
      for (const { id } of found) await cancel(trx, id);
      return found.map(({ id }) => id);
    });
    if (ids.length === 0) return stopped;
    onStopped(ids);
    stopped += ids.length;
  }
}

async function removeAll(deps: EraseRowsDeps, owned: OwnedTable, where: RawBuilder<boolean>): Promise<number> {
  const { table } = owned;
  let removed = 0;
  for (;;) {
    const ids = await inTransaction(deps.db, (trx) => removeSome(trx, owned, where));
    removed += ids.length;
    if (table === 'uploads') for (const id of ids) await deps.discardUpload(id);
    if (table === 'pending_uploads') for (const id of ids) await deps.discardStaged(id);
    if (table === 'assets') deps.onAssetsGone(ids);
    if (ids.length < atOnce) return removed;
  }
}

async function removeSome(
  trx: Kysely<Database>,
  { table, key }: OwnedTable,
  where: RawBuilder<boolean>,
): Promise<string[]> {
  const name = sql.table(table);
  const places = sql`select ctid from ${name} where ${where} limit ${atOnce} for update`;
  if (table === 'jobs') return await removeJobs(trx, where);
  const isOfObjects = tablesOfObjects.includes(table);
  const { rows } = await sql<{ id: string; sha256?: string | null }>`
    delete from ${name} where ctid = any(array(${places}))
    returning ${sql.ref(key[0] ?? '')}::text as id ${isOfObjects ? sql`, sha256` : sql``}`.execute(trx);
  if (isOfObjects) await noteObjects(trx, sql`select unnest(${rows.map(({ sha256 }) => sha256)}::text[]) as sha256`);
  return rows.map(({ id }) => id);
}

/** Inputs and outputs go with their job; what they referred to is written down first. */
async function removeJobs(trx: Kysely<Database>, where: RawBuilder<boolean>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from jobs where ${where} order by id limit ${atOnce} for update`.execute(trx);
  const ids = rows.map(({ id }) => id);
  await noteObjects(
    trx,
    sql`select sha256 from job_outputs where job_id = any(${ids}::uuid[])
      union select sha256 from job_inputs where job_id = any(${ids}::uuid[])`,
  );
  await sql`delete from jobs where id = any(${ids}::uuid[])`.execute(trx);
  return ids;
}

async function noteObjects(trx: Kysely<Database>, hashes: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into erased_objects (sha256) select distinct sha256 from (${hashes}) as gone where sha256 is not null
    on conflict (sha256) do update set erased_at = null`.execute(trx);
}
