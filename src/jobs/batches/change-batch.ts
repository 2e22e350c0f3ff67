import { sql, type Transaction } from 'kysely';
import { inTenantTransaction } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { lockLeaders } from '../leaders.ts';
import { cancelledNow, freshStart, promoteFollower } from '../settle-job.ts';
import { checkBatch } from './read-batches.ts';

/**
 * Ends every job of the batch that has not ended. Who else waits for their work goes on with it.
 *
 * @returns those it ended
 * @throws AppError BATCH_NOT_FOUND
 */
export function cancelBatch(tenantDb: TenantDatabase, actor: Actor, id: string): Promise<string[]> {
  return inTenantTransaction(tenantDb, actor.tenantId, async (trx) => {
    await checkBatch(trx, actor, id);
    return cancelJobs(trx, id);
  });
}

/** Ends what has not ended, then removes the batch with all its jobs. @throws AppError BATCH_NOT_FOUND */
export function removeBatch(tenantDb: TenantDatabase, actor: Actor, id: string): Promise<string[]> {
  return inTenantTransaction(tenantDb, actor.tenantId, async (trx) => {
    await checkBatch(trx, actor, id);
    const stopped = await cancelJobs(trx, id);
    await trx.deleteFrom('jobs').where('batch_id', '=', id).execute();
    await trx.deleteFrom('batches').where('id', '=', id).execute();
    return stopped;
  });
}

/**
 * Puts its failed and cancelled jobs back to where they began: leading, or following the same work in flight.
 *
 * @throws AppError BATCH_NOT_FOUND, JOB_NOT_RETRYABLE when none failed or was cancelled
 */
export function retryBatch(tenantDb: TenantDatabase, actor: Actor, id: string): Promise<void> {
  return inTenantTransaction(tenantDb, actor.tenantId, async (trx) => {
    await checkBatch(trx, actor, id);
    const jobs = await trx
      .selectFrom('jobs')
      .select(['id', 'result_key'])
      .where('batch_id', '=', id)
      .where('status', 'in', ['failed', 'cancelled'])
      .orderBy('result_key')
      .orderBy('batch_index')
      .forUpdate()
      .execute();
    if (jobs.length === 0) {
      throw new AppError('JOB_NOT_RETRYABLE', 'No item of the batch has failed or was cancelled: nothing to retry.');
    }
    const leaders = await lockLeaders(trx, actor.tenantId, [...new Set(jobs.map((job) => job.result_key))]);
    const led = jobs.map((job) => {
      const leaderId = leaders.get(job.result_key) ?? null;
      if (leaderId === null) leaders.set(job.result_key, job.id);
      return { ...job, leaderId };
    });
    await trx
      .updateTable('jobs')
      .from(
        sql<{ id: string; leader_id: string | null }>`unnest(
          ${led.map((job) => job.id)}::uuid[], ${led.map((job) => job.leaderId)}::uuid[])`.as<'retried'>(
          sql`retried (id, leader_id)`,
        ),
      )
      .set((eb) => ({ ...freshStart(actor), leader_id: eb.ref('retried.leader_id') }))
      .whereRef('jobs.id', '=', 'retried.id')
      .execute();
  });
}

/**
 * Leaders are locked first, those of other batches too, in the order of their ids: whoever ends one of them begins
 * with it as well, so that nobody waits in a circle.
 */
async function cancelJobs(trx: Transaction<Database>, batchId: string): Promise<string[]> {
  const unfinished = trx
    .selectFrom('jobs')
    .select((eb) => eb.fn.coalesce('leader_id', 'id').as('id'))
    .where('batch_id', '=', batchId)
    .where('status', 'in', ['queued', 'active']);
  await trx.selectFrom('jobs').select('id').where('id', 'in', unfinished).orderBy('id').forNoKeyUpdate().execute();
  const rows = await trx
    .updateTable('jobs')
    .set(cancelledNow())
    .where('batch_id', '=', batchId)
    .where('status', 'in', ['queued', 'active'])
    .returning('id')
    .execute();
  const cancelled = rows.map((row) => row.id);
  const left = await trx
    .selectFrom('jobs')
    .select('leader_id')
    .where('leader_id', '=', sql<string>`any(${cancelled}::uuid[])`)
    .distinct()
    .execute();
  for (const { leader_id } of left) if (leader_id !== null) await promoteFollower(trx, leader_id);
  return cancelled;
}
