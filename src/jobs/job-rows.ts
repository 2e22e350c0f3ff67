import type { QueryCreator, Selectable } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '#database/schema.ts';
import { isErrorCode } from '#kernel/errors.ts';
import type { Job } from './job.ts';

export type JobRow = Selectable<Database['jobs']>;
export type InputRow = Selectable<Database['job_inputs']>;
export type OutputRow = Selectable<Database['job_outputs']>;

/** A job with its files, in one statement. */
export function selectJobs(db: QueryCreator<Database>) {
  return db
    .selectFrom('jobs')
    .selectAll('jobs')
    .select((eb) => [
      jsonArrayFrom(
        eb.selectFrom('job_inputs').select('asset_id').whereRef('job_id', '=', 'jobs.id').orderBy('index'),
      ).as('inputs'),
      jsonArrayFrom(
        eb.selectFrom('job_outputs').select(outputColumns).whereRef('job_id', '=', 'jobs.id').orderBy('index'),
      ).as('outputs'),
    ]);
}

const outputColumns = ['index', 'media_type', 'size_bytes', 'sha256', 'data'] as const;

type JobWithFiles = JobRow & {
  readonly inputs: readonly Pick<InputRow, 'asset_id'>[];
  readonly outputs: readonly Pick<OutputRow, (typeof outputColumns)[number]>[];
};

export function toJob(row: JobWithFiles): Job {
  return {
    id: row.id,
    status: row.status,
    processor: row.processor,
    priority: row.priority,
    progress: row.progress,
    attempts: row.attempt,
    params: row.params,
    inputs: row.inputs.map((input) => input.asset_id),
    metadata: row.metadata,
    ...(row.batch_id !== null && { batchId: row.batch_id }),
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    cached: row.cached,
    error:
      row.error_code === null
        ? null
        : { code: isErrorCode(row.error_code) ? row.error_code : 'JOB_FAILED', detail: row.error_detail ?? '' },
    outputs: row.outputs.map((output) => ({
      index: output.index,
      mediaType: output.media_type,
      sizeBytes: output.size_bytes,
      sha256: output.sha256,
      data: output.data,
    })),
  };
}
