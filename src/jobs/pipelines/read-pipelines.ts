import type { Selectable, Transaction } from 'kysely';
import { sql } from 'kysely';
import { afterCursor, cursorOf } from '#database/cursor.ts';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError, isErrorCode } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';
import type { Job } from '../job.ts';
import { selectJobs, toJob } from '../job-rows.ts';
import type { Pipeline, PipelinePage, PipelineStep, StepInput, StepStatus } from './pipeline.ts';

type PipelineRow = Selectable<Database['pipelines']>;
export type StepRow = Omit<Selectable<Database['pipeline_steps']>, 'inputs'> & {
  readonly inputs: readonly StepInput[];
};

/** @throws AppError PIPELINE_NOT_FOUND */
export async function readPipeline(trx: Transaction<Database>, actor: Actor, id: string): Promise<Pipeline> {
  const row = isId(id)
    ? await trx
        .selectFrom('pipelines')
        .selectAll()
        .where('id', '=', id)
        .where('tenant_id', '=', actor.tenantId)
        .executeTakeFirst()
    : undefined;
  const [pipeline] = row === undefined ? [] : await withSteps(trx, [row]);
  if (pipeline === undefined) throw pipelineNotFound();
  return pipeline;
}

export async function listPipelines(
  trx: Transaction<Database>,
  actor: Actor,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<PipelinePage> {
  let query = trx.selectFrom('pipelines').selectAll().where('tenant_id', '=', actor.tenantId);
  if (cursor !== undefined) query = query.where('id', '<', afterCursor(cursor, isId));
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = await withSteps(trx, rows.slice(0, limit));
  return { items, nextCursor: rows.length > limit ? cursorOf(items.at(-1)?.id ?? '') : null };
}

/** In their order. */
export async function readSteps(trx: Transaction<Database>, pipelineIds: readonly string[]): Promise<StepRow[]> {
  return trx
    .selectFrom('pipeline_steps')
    .selectAll()
    .where('pipeline_id', '=', sql<string>`any(${pipelineIds}::uuid[])`)
    .orderBy('pipeline_id')
    .orderBy('index')
    .$castTo<StepRow>()
    .execute();
}

export function pipelineNotFound(): AppError {
  return new AppError(
    'PIPELINE_NOT_FOUND',
    'There is no pipeline with this id. It may have been removed, or have expired.',
  );
}

async function withSteps(trx: Transaction<Database>, rows: readonly PipelineRow[]): Promise<Pipeline[]> {
  if (rows.length === 0) return [];
  const steps = await readSteps(
    trx,
    rows.map((row) => row.id),
  );
  const jobIds = steps.flatMap((step) => step.job_id ?? []);
  const jobs = await selectJobs(trx).where('id', '=', sql<string>`any(${jobIds}::uuid[])`).execute();
  const byId = new Map(jobs.map((job) => [job.id, toJob(job)]));
  return rows.map((row) =>
    toPipeline(
      row,
      steps.filter((step) => step.pipeline_id === row.id).map((step) => toStep(step, byId.get(step.job_id ?? ''))),
    ),
  );
}

function toPipeline(row: PipelineRow, steps: readonly PipelineStep[]): Pipeline {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    priority: row.priority,
    progress: steps.reduce((sum, step) => sum + progressOf(step), 0) / steps.length,
    metadata: row.metadata,
    steps,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}

function toStep(row: StepRow, job: Job | undefined): PipelineStep {
  const status = statusOf(row, job);
  return {
    id: row.step,
    processor: row.processor,
    params: job?.params ?? row.params,
    inputs: row.inputs,
    status,
    jobId: row.job_id,
    job: job ?? null,
    error: errorOf(row, status, job),
  };
}

/** A job that was removed while it ran is as good as cancelled. */
function statusOf(row: StepRow, job: Job | undefined): StepStatus {
  return row.status === 'started' ? (job?.status ?? 'cancelled') : row.status;
}

function errorOf(row: StepRow, status: StepStatus, job: Job | undefined): PipelineStep['error'] {
  if (row.error_code === null) return status === 'failed' ? (job?.error ?? null) : null;
  return { code: isErrorCode(row.error_code) ? row.error_code : 'JOB_FAILED', detail: row.error_detail ?? '' };
}

function progressOf({ status, job }: PipelineStep): number {
  if (status === 'waiting' || status === 'queued') return 0;
  return status === 'active' ? (job?.progress ?? 0) : 1;
}
