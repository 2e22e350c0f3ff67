import { type Static, Type } from 'typebox';
import {
  runStatuses,
  type Schedule,
  type ScheduledWork,
  type ScheduleRun,
  scheduleOverlaps,
} from '#jobs/schedules/schedule.ts';
import { AppError } from '#kernel/errors.ts';
import { errorJson, JobErrorSchema } from './job-json.ts';
import { BatchRequestSchema, batchOf } from './routes/batches/create-batch.ts';
import { JobRequestSchema } from './routes/jobs/create-job.ts';
import { PipelineRequestSchema, pipelineOf } from './routes/pipelines/create-pipeline.ts';

const time = Type.String({ format: 'date-time' });
const anyObject = Type.Record(Type.String(), Type.Unknown());

/** What a schedule is, as clients send it; exactly one of the last three. */
export const scheduleFields = {
  cron: Type.String({
    minLength: 1,
    maxLength: 200,
    description:
      'Five fields: minute, hour, day of the month, month, day of the week; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.',
  }),
  timeZone: Type.String({ minLength: 1, maxLength: 100, description: 'IANA’s name; UTC where there is none.' }),
  overlap: Type.Enum([...scheduleOverlaps], {
    description: '`skip` (usual): not while the last run has not ended.',
  }),
  paused: Type.Boolean(),
  job: JobRequestSchema,
  batch: BatchRequestSchema,
  pipeline: PipelineRequestSchema,
};

export const ScheduleNameSchema = Type.String({ maxLength: 200 });

export const ScheduleSchema = Type.Object(
  {
    id: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    cron: Type.String(),
    timeZone: Type.String(),
    overlap: Type.Enum([...scheduleOverlaps]),
    paused: Type.Boolean(),
    nextAt: Type.Union([time, Type.Null()], { description: 'Null while it is paused.' }),
    lastRun: Type.Union([
      Type.Object({
        at: time,
        status: Type.Enum([...runStatuses]),
        id: Type.Union([Type.String(), Type.Null()], { description: 'The job, batch or pipeline started last.' }),
        error: Type.Optional(JobErrorSchema),
      }),
      Type.Null(),
    ]),
    job: Type.Optional(anyObject),
    batch: Type.Optional(anyObject),
    pipeline: Type.Optional(anyObject),
    createdAt: time,
    updatedAt: time,
  },
  { description: 'Work that is asked for at set times.' },
);

export const SchedulePageSchema = Type.Object({
  items: Type.Array(ScheduleSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export interface WorkBody {
  readonly job?: Static<typeof JobRequestSchema>;
  readonly batch?: Static<typeof BatchRequestSchema>;
  readonly pipeline?: Static<typeof PipelineRequestSchema>;
}

/** @returns undefined when there is none. @throws AppError INVALID_PARAMETERS when there are several */
export function workOf({ job, batch, pipeline }: WorkBody): ScheduledWork | undefined {
  const works: ScheduledWork[] = [];
  if (job) works.push({ kind: 'job', request: { ...job, params: job.params ?? {} } });
  if (batch) works.push({ kind: 'batch', request: batchOf(batch) });
  if (pipeline) works.push({ kind: 'pipeline', request: pipelineOf(pipeline) });
  if (works.length > 1) throw oneOfThree();
  return works[0];
}

export function oneOfThree(): AppError {
  return new AppError('INVALID_PARAMETERS', 'A schedule starts one thing: send either job, batch or pipeline.');
}

export function toScheduleJson({ work, nextAt, lastRun, createdAt, updatedAt, ...schedule }: Schedule) {
  return {
    ...schedule,
    nextAt: nextAt?.toISOString() ?? null,
    lastRun: lastRun && toRunJson(lastRun),
    ...requestJson(work),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function toRunJson({ at, status, id, error }: ScheduleRun) {
  return { at: at.toISOString(), status, id, ...(error && { error: errorJson(error) }) };
}

/** As it could be sent again. */
function requestJson(work: ScheduledWork) {
  if (work.kind !== 'batch') return { [work.kind]: { ...work.request } };
  const { items, ...rest } = work.request;
  return { batch: { ...rest, inputs: items } };
}
