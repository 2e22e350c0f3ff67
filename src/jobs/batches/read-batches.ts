import { type Selectable, sql, type Transaction } from 'kysely';
import { afterCursor, cursorOf } from '#database/cursor.ts';
import type { Database } from '#database/schema.ts';
import { hasRow } from '#database/tenant-locks.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';
import { selectJobs, toJob } from '../job-rows.ts';
import type { Batch, BatchItemFilter, BatchItemPage, BatchOutput, BatchPage } from './batch.ts';

interface Tally {
  readonly total: number;
  readonly queued: number;
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of those that run, added up. */
  readonly progress: number;
  readonly last_finished_at: Date | null;
}

export type BatchRow = Selectable<Database['batches']> & Tally;

/** A batch with what its jobs have come to, in one statement. */
export function selectBatches(trx: Transaction<Database>, actor: Actor) {
  const counted = (status: string) => sql<number>`count(*) filter (where status = ${status})::int`.as(status);
  return trx
    .selectFrom('batches')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('jobs')
          .whereRef('jobs.batch_id', '=', 'batches.id')
          .select([
            sql<number>`count(*)::int`.as('total'),
            ...['queued', 'active', 'succeeded', 'failed', 'cancelled'].map(counted),
            sql<number>`coalesce(sum(progress) filter (where status = 'active'), 0)::float8`.as('progress'),
            sql<Date | null>`max(finished_at)`.as('last_finished_at'),
          ])
          .as('tally'),
      (join) => join.onTrue(),
    )
    .selectAll('batches')
    .selectAll('tally')
    .where('batches.tenant_id', '=', actor.tenantId)
    .$castTo<BatchRow>();
}

export function toBatch(row: BatchRow): Batch {
  const { total, queued, active, succeeded, failed, cancelled } = row;
  const unfinished = queued + active;
  return {
    id: row.id,
    processor: row.processor,
    status: unfinished > 0 ? 'running' : 'finished',
    counts: { total, queued, active, succeeded, failed, cancelled },
    progress: total === 0 ? 1 : (total - unfinished + row.progress) / total,
    metadata: row.metadata,
    createdAt: row.created_at,
    finishedAt: unfinished > 0 ? null : row.last_finished_at,
  };
}

/** @throws AppError BATCH_NOT_FOUND */
export async function readBatch(trx: Transaction<Database>, actor: Actor, id: string): Promise<Batch> {
  const row = isId(id) ? await selectBatches(trx, actor).where('batches.id', '=', id).executeTakeFirst() : undefined;
  if (row === undefined) throw batchNotFound();
  return toBatch(row);
}

export async function listBatches(
  trx: Transaction<Database>,
  actor: Actor,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<BatchPage> {
  let query = selectBatches(trx, actor);
  if (cursor !== undefined) query = query.where('batches.id', '<', afterCursor(cursor, isId));
  const rows = await query
    .orderBy('batches.id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(toBatch);
  return { items, nextCursor: rows.length > limit ? cursorOf(items.at(-1)?.id ?? '') : null };
}

export async function readItems(
  trx: Transaction<Database>,
  actor: Actor,
  id: string,
  { status, cursor, limit }: BatchItemFilter,
): Promise<BatchItemPage> {
  await checkBatch(trx, actor, id);
  let query = selectJobs(trx).where('batch_id', '=', id);
  if (status !== undefined) query = query.where('status', '=', status);
  if (cursor !== undefined) query = query.where('batch_index', '>', Number(afterCursor(cursor, isIndex)));
  const rows = await query
    .orderBy('batch_index')
    .limit(limit + 1)
    .execute();
  const items = rows
    .slice(0, limit)
    .map((row) => ({ index: row.batch_index ?? 0, name: row.item_name, job: toJob(row) }));
  return { items, nextCursor: rows.length > limit ? cursorOf(String(items.at(-1)?.index)) : null };
}

/** Only what an archive needs of each: a thousand rows are a few hundred kilobytes. */
export async function readOutputs(trx: Transaction<Database>, actor: Actor, id: string): Promise<BatchOutput[]> {
  await checkBatch(trx, actor, id);
  const rows = await trx
    .selectFrom('jobs')
    .innerJoin('job_outputs', 'job_outputs.job_id', 'jobs.id')
    .select(['item_name', 'media_type', 'size_bytes', 'sha256', 'finished_at', 'jobs.created_at'])
    .where('batch_id', '=', id)
    .where('status', '=', 'succeeded')
    .orderBy('batch_index')
    .orderBy('job_outputs.index')
    .execute();
  return rows.map((row) => ({
    name: row.item_name,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    madeAt: row.finished_at ?? row.created_at,
  }));
}

/** @throws AppError BATCH_NOT_FOUND */
export async function checkBatch(trx: Transaction<Database>, actor: Actor, id: string): Promise<void> {
  if (!(await hasRow(trx, 'batches', actor.tenantId, id, 'look'))) throw batchNotFound();
}

function isIndex(text: string): boolean {
  return /^\d{1,4}$/.test(text);
}

function batchNotFound(): AppError {
  return new AppError('BATCH_NOT_FOUND', 'There is no batch with this id. It may have been removed, or have expired.');
}
