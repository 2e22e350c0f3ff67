import { type Static, Type } from 'typebox';
import { type Pipeline, type PipelineStep, pipelineStatuses, stepStatuses } from '#jobs/pipelines/pipeline.ts';
import { errorJson, JobErrorSchema, JobOutputSchema, JobPrioritySchema, outputJson } from './job-json.ts';

const anyObject = Type.Record(Type.String(), Type.Unknown());

const StepSchema = Type.Object({
  id: Type.String({ description: 'As the request calls it.' }),
  processor: Type.String(),
  status: Type.Enum([...stepStatuses], {
    description: '`waiting` for the steps it refers to, `skipped` because one of them did not succeed, or its job’s.',
  }),
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  params: anyObject,
  inputs: Type.Array(
    Type.Union([Type.Object({ asset: Type.String() }), Type.Object({ step: Type.String(), output: Type.Integer() })]),
  ),
  jobId: Type.Union([Type.String(), Type.Null()], { description: 'At `/v1/jobs/{id}`, once the step has begun.' }),
  cached: Type.Boolean({ description: 'The result was known already, or came from equal work in flight.' }),
  error: Type.Optional(JobErrorSchema),
  outputs: Type.Array(JobOutputSchema),
});

export const PipelineSchema = Type.Object(
  {
    id: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    status: Type.Enum([...pipelineStatuses], { description: '`active` until every step has ended.' }),
    priority: JobPrioritySchema,
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    metadata: Type.Union([anyObject, Type.Null()]),
    steps: Type.Array(StepSchema),
    createdAt: Type.String({ format: 'date-time' }),
    finishedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  },
  { description: 'Jobs that feed each other.' },
);

export type PipelineJson = Static<typeof PipelineSchema>;

export const PipelinePageSchema = Type.Object({
  items: Type.Array(PipelineSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export function toPipelineJson({ steps, metadata, createdAt, finishedAt, ...pipeline }: Pipeline): PipelineJson {
  return {
    ...pipeline,
    metadata: metadata && { ...metadata },
    steps: steps.map(toStepJson),
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

function toStepJson({ job, error, params, inputs, ...step }: PipelineStep): Static<typeof StepSchema> {
  return {
    ...step,
    progress: job?.progress ?? 0,
    params: { ...params },
    inputs: [...inputs],
    cached: job?.cached ?? false,
    ...(error && { error: errorJson(error) }),
    outputs: job?.outputs.map((output) => outputJson(job.id, output)) ?? [],
  };
}
