import { type Static, Type } from 'typebox';
import { type Job, type JobOutput, jobPriorities, jobStatuses } from '#jobs/job.ts';
import { errorTable } from '#kernel/errors.ts';

const nullableTime = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);
const anyObject = Type.Record(Type.String(), Type.Unknown());

export const JobStatusSchema = Type.Enum([...jobStatuses]);
export const JobPrioritySchema = Type.Enum([...jobPriorities]);

export const JobErrorSchema = Type.Object({
  code: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
});

export const JobOutputSchema = Type.Object({
  index: Type.Integer(),
  mediaType: Type.String(),
  sizeBytes: Type.Integer(),
  sha256: Type.String(),
  url: Type.String(),
  data: Type.Optional(anyObject),
});

export const JobSchema = Type.Object(
  {
    id: Type.String(),
    status: JobStatusSchema,
    processor: Type.String(),
    priority: JobPrioritySchema,
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    attempts: Type.Integer(),
    params: anyObject,
    inputs: Type.Array(Type.String(), { description: 'Asset ids.' }),
    metadata: Type.Union([anyObject, Type.Null()]),
    batchId: Type.Optional(Type.String({ description: 'The batch it was asked for in.' })),
    queuedAt: Type.String({ format: 'date-time' }),
    startedAt: nullableTime,
    finishedAt: nullableTime,
    cached: Type.Boolean({ description: 'The result was known already, or came from equal work in flight.' }),
    error: Type.Optional(JobErrorSchema),
    outputs: Type.Array(JobOutputSchema),
  },
  { description: 'A job and, once it has succeeded, where its outputs are.' },
);

export type JobJson = Static<typeof JobSchema>;

export const JobPageSchema = Type.Object({
  items: Type.Array(JobSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export function toJobJson(job: Job): JobJson {
  const { id, status, processor, priority, progress, attempts, params, metadata, cached } = job;
  return {
    id,
    status,
    processor,
    priority,
    progress,
    attempts,
    params,
    inputs: [...job.inputs],
    metadata,
    ...(job.batchId && { batchId: job.batchId }),
    queuedAt: job.queuedAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    cached,
    ...(job.error && { error: errorJson(job.error) }),
    outputs: job.outputs.map((output) => outputJson(id, output)),
  };
}

export function outputJson(jobId: string, { data, ...output }: JobOutput): Static<typeof JobOutputSchema> {
  return { ...output, url: `/v1/jobs/${jobId}/outputs/${output.index}`, ...(data && { data }) };
}

export function errorJson({ code, detail }: NonNullable<Job['error']>): Static<typeof JobErrorSchema> {
  const { title, status } = errorTable[code];
  return { code, title, status, detail };
}
