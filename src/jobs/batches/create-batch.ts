import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql, type Transaction } from 'kysely';
import { isContention } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import { joinTransaction } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { hashOfJson } from '#kernel/canonical-json.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { CreatedJob, CreateJobDeps } from '../create-job.ts';
import { inputColumns, inputRowsOf, jobColumns, outputColumns, rowOf } from '../job-draft.ts';
import { lockLeaders } from '../leaders.ts';
import { findRepeated } from '../repeated-request.ts';
import type { CreateBatch } from './batch.ts';
import { findResults } from './find-results.ts';
import { draftBatch, type ItemDraft, prepareBatch } from './plan-batch.ts';

export interface CreatedBatch {
  readonly id: string;
  /** For the metrics: how each of its jobs came about. Empty for a batch that was there already. */
  readonly how: readonly CreatedJob['how'][];
}

/** Each round is lost only to another request that got something done. */
const maxRounds = 10;
/** The embedded database works in this process: so many rows hold everybody up for some milliseconds at a time. */
const rowsPerStatement = 100;

/**
 * Writes the rows of a batch, all or none, with what single jobs get: known results, and work in flight to follow.
 * Nobody is told here.
 *
 * A thousand jobs are not a thousand transactions: everything they refer to is looked up and locked together, and
 * the rows go in by the hundred.
 */
export async function createBatch(deps: CreateJobDeps, actor: Actor, request: CreateBatch): Promise<CreatedBatch> {
  const prepared = await prepareBatch(deps, request);
  const fingerprint = request.idempotencyKey === undefined ? null : fingerprintOf(request);
  for (let round = 0; round < maxRounds; round++) {
    const repeated = await findRepeated(deps.tenantDb, 'batches', actor, request.idempotencyKey, fingerprint);
    if (repeated !== undefined) return { id: repeated, how: [] };
    const drafts = await draftBatch(deps, actor, request, prepared);
    const created = await deps.tenantDb
      .run(actor.tenantId, (trx) => insertBatch(trx, deps.store, actor, request, fingerprint, drafts))
      .catch(lostRound);
    if (created !== undefined) return created;
  }
  throw new AppError('OVERLOADED', 'Too many identical requests at once. Try again in a second.');
}

function fingerprintOf({ idempotencyKey, ...request }: CreateBatch): string {
  return hashOfJson(request);
}

/** Something changed between the look and the write: what was written is rolled back, and all is looked at again. */
class Changed extends Error {}

function lostRound(error: unknown): undefined {
  if (!(error instanceof Changed) && !isContention(error)) throw error;
}

async function insertBatch(
  trx: Transaction<Database>,
  store: ObjectStore,
  actor: Actor,
  request: CreateBatch,
  fingerprint: string | null,
  drafts: readonly ItemDraft[],
): Promise<CreatedBatch> {
  const id = newId();
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('batches')
    .values({
      id,
      tenant_id: actor.tenantId,
      owner_id: actor.userId,
      created_by: actor.userId,
      updated_by: actor.userId,
      processor: request.processor,
      metadata: request.metadata === undefined ? null : JSON.stringify(request.metadata),
      idempotency_key: request.idempotencyKey ?? null,
      request_fingerprint: fingerprint,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) throw new Changed();
  await holdReferences(trx, drafts);
  const rows = await led(trx, actor, drafts);
  // Equal work may have ended since its result was looked for.
  const unknown = rows.filter(({ draft, leaderId }) => draft.sourceId === undefined && leaderId === null);
  const keys = unknown.map(({ row }) => row.result_key);
  if ((await findResults({ tenantDb: joinTransaction(trx, actor.tenantId), store }, actor, keys)).size > 0)
    throw new Changed();
  for (let at = 0; at < rows.length; at += rowsPerStatement) {
    await insertItems(trx, id, rows.slice(at, at + rowsPerStatement));
    await nextTurn();
  }
  const inOrder = rows.toSorted((a, b) => a.draft.index - b.draft.index);
  return {
    id,
    how: inOrder.map(({ draft, leaderId }) =>
      draft.sourceId !== undefined ? 'cached' : leaderId === null ? 'new' : 'joined',
    ),
  };
}

/** Keeps what the rows will refer to as it is until they are there; see `insertJob` in create-job.ts. */
async function holdReferences(trx: Transaction<Database>, drafts: readonly ItemDraft[]): Promise<void> {
  const assets = new Set(drafts.flatMap((draft) => draft.assets.map((asset) => asset.id)));
  const sources = new Set(drafts.flatMap((draft) => draft.sourceId ?? []));
  for (const [table, ids] of [['assets', assets] as const, ['jobs', sources] as const]) {
    if (ids.size === 0) continue;
    const held = await trx
      .selectFrom(table)
      .select('id')
      .where('id', '=', sql<string>`any(${[...ids]}::uuid[])`)
      .orderBy('id')
      .forKeyShare()
      .execute();
    if (held.length !== ids.size) throw new Changed();
  }
}

interface LedRow {
  readonly draft: ItemDraft;
  readonly row: ReturnType<typeof rowOf>;
  readonly leaderId: string | null;
}

/**
 * Who leads whom, also among the items themselves. In the order of their keys: requests that race for the same work
 * meet at the first of it, and none waits for one that waits for it.
 */
async function led(trx: Transaction<Database>, actor: Actor, drafts: readonly ItemDraft[]): Promise<LedRow[]> {
  const sorted = drafts.toSorted((a, b) => compare(a.plan.resultKey, b.plan.resultKey) || a.index - b.index);
  const wanted = new Set(sorted.filter((draft) => draft.sourceId === undefined).map((draft) => draft.plan.resultKey));
  const leaders = await lockLeaders(trx, actor.tenantId, [...wanted]);
  return sorted.map((draft) => {
    const row = rowOf(draft);
    if (draft.sourceId !== undefined) return { draft, row, leaderId: null };
    const leaderId = leaders.get(row.result_key) ?? null;
    if (leaderId === null) leaders.set(row.result_key, row.id);
    return { draft, row, leaderId };
  });
}

/** @throws Changed when another request has begun to lead in the meantime */
async function insertItems(trx: Transaction<Database>, batchId: string, items: readonly LedRow[]): Promise<void> {
  const jobs = items.map(({ draft, row, leaderId }) => ({
    ...row,
    batch_id: batchId,
    batch_index: draft.index,
    item_name: draft.name,
    leader_id: leaderId,
  }));
  const inputs = items.flatMap(({ draft, row }) => inputRowsOf(draft).map((input) => ({ ...input, job_id: row.id })));
  const copies = items.flatMap(({ draft, row }) =>
    draft.sourceId === undefined ? [] : [{ job_id: row.id, source_id: draft.sourceId }],
  );
  const { rows } = await sql`
    insert into jobs (${jobColumns}, turn_at, batch_id, batch_index, item_name, leader_id, finished_at)
    select ${jobColumns}, now() + patience_ms * interval '1 millisecond' + batch_index * interval '1 microsecond',
      batch_id, batch_index, item_name, leader_id, case when cached then now() end
    from jsonb_populate_recordset(null::jobs, ${JSON.stringify(jobs)}::jsonb)
    on conflict do nothing
    returning id`.execute(trx);
  if (rows.length !== items.length) throw new Changed();
  // Statements of their own: whose files these are is read from the rows of the jobs, which have to be there.
  if (inputs.length > 0) {
    await sql`
      insert into job_inputs (job_id, ${inputColumns})
      select job_id, ${inputColumns}
      from jsonb_populate_recordset(null::job_inputs, ${JSON.stringify(inputs)}::jsonb)`.execute(trx);
  }
  if (copies.length > 0) {
    await sql`
      insert into job_outputs (job_id, ${outputColumns})
      select copy.job_id, ${outputColumns}
      from jsonb_to_recordset(${JSON.stringify(copies)}::jsonb) as copy (job_id uuid, source_id uuid)
      join job_outputs as source on source.job_id = copy.source_id`.execute(trx);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
