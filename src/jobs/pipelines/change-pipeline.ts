import { sql, type Transaction } from 'kysely';
import { inTenantTransaction } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import { hasRow } from '#database/tenant-locks.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { cancel, now } from '../settle-job.ts';
import { settledSteps } from './advance-pipeline.ts';
import { pipelineNotFound, type StepRow } from './read-pipelines.ts';

/**
 * Ends every step that has not ended.
 *
 * @returns the jobs it ended; who else waits for their work goes on with it
 * @throws AppError PIPELINE_NOT_FOUND, JOB_NOT_CANCELLABLE
 */
export function cancelPipeline(tenantDb: TenantDatabase, actor: Actor, id: string): Promise<string[]> {
  return inTenantTransaction(tenantDb, actor.tenantId, async (trx) => {
    await lockPipeline(trx, actor, id);
    const unfinished = (await settledSteps(trx, id)).filter(isUnfinished);
    if (unfinished.length === 0) {
      throw new AppError(
        'JOB_NOT_CANCELLABLE',
        'All steps of the pipeline have ended; only unfinished ones are cancelled.',
      );
    }
    const cancelled = await cancelJobs(trx, unfinished);
    await setSteps(trx, id, ['waiting', 'started'], 'cancelled');
    await trx
      .updateTable('pipelines')
      .set({ status: 'cancelled', finished_at: now(), updated_at: now(), updated_by: actor.userId })
      .where('id', '=', id)
      .execute();
    return cancelled;
  });
}

/** Ends what has not ended, then removes the pipeline with the jobs of its steps. @throws AppError PIPELINE_NOT_FOUND */
export function removePipeline(tenantDb: TenantDatabase, actor: Actor, id: string): Promise<string[]> {
  return inTenantTransaction(tenantDb, actor.tenantId, async (trx) => {
    await lockPipeline(trx, actor, id);
    const steps = await settledSteps(trx, id);
    const cancelled = await cancelJobs(trx, steps.filter(isUnfinished));
    const jobIds = steps.flatMap((step) => step.job_id ?? []);
    await trx.deleteFrom('jobs').where('id', '=', sql<string>`any(${jobIds}::uuid[])`).execute();
    await trx.deleteFrom('pipelines').where('id', '=', id).execute();
    return cancelled;
  });
}

/**
 * Puts the steps that did not succeed back to where they began; whoever advances the pipeline gives them new jobs.
 *
 * @throws AppError PIPELINE_NOT_FOUND, JOB_NOT_RETRYABLE
 */
export function retryPipeline(tenantDb: TenantDatabase, actor: Actor, id: string): Promise<void> {
  return inTenantTransaction(tenantDb, actor.tenantId, async (trx) => {
    await lockPipeline(trx, actor, id);
    await settledSteps(trx, id);
    const again = await setSteps(trx, id, ['failed', 'cancelled', 'skipped'], 'waiting');
    if (again === 0) {
      throw new AppError(
        'JOB_NOT_RETRYABLE',
        'No step of the pipeline failed, was cancelled or skipped: nothing to retry.',
      );
    }
    await trx
      .updateTable('pipelines')
      .set({ status: 'active', finished_at: null, updated_at: now(), updated_by: actor.userId })
      .where('id', '=', id)
      .execute();
  });
}

async function lockPipeline(trx: Transaction<Database>, actor: Actor, id: string): Promise<void> {
  if (!(await hasRow(trx, 'pipelines', actor.tenantId, id))) throw pipelineNotFound();
}

function isUnfinished({ status }: StepRow): boolean {
  return status === 'waiting' || status === 'started';
}

async function cancelJobs(trx: Transaction<Database>, steps: readonly StepRow[]): Promise<string[]> {
  const cancelled: string[] = [];
  for (const { job_id: jobId } of steps) if (jobId !== null && (await cancel(trx, jobId))) cancelled.push(jobId);
  return cancelled;
}

/** @returns how many there were */
async function setSteps(
  trx: Transaction<Database>,
  pipelineId: string,
  from: readonly StepRow['status'][],
  status: StepRow['status'],
): Promise<number> {
  const fresh = status === 'waiting' && { job_id: null, error_code: null, error_detail: null };
  const { numUpdatedRows } = await trx
    .updateTable('pipeline_steps')
    .set({ status, ...fresh })
    .where('pipeline_id', '=', pipelineId)
    .where('status', 'in', from)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
