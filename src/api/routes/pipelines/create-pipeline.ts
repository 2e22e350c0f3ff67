import { type Static, Type } from 'typebox';
import { type CreatePipeline, type CreateStep, maxPipelineSteps } from '#jobs/pipelines/pipeline.ts';
import { mebibyte } from '#kernel/units.ts';
import type { Route } from '../../deps.ts';
import { JobPrioritySchema } from '../../job-json.ts';
import { PipelineSchema, toPipelineJson } from '../../pipeline-json.ts';

const anyObject = Type.Record(Type.String(), Type.Unknown());
const assetId = Type.String({ maxLength: 100 });
const place = Type.Integer({ minimum: 0, maximum: 999 });
const closed = { additionalProperties: false };

const InputSchema = Type.Union(
  [
    assetId,
    Type.Object({ asset: assetId }, closed),
    Type.Object({ input: place }, closed),
    Type.Object({ step: Type.String({ minLength: 1, maxLength: 100 }), output: Type.Optional(place) }, closed),
  ],
  {
    description:
      'An asset id, also as `{asset}`; `{input}`, one of the inputs of the pipeline, from 0; or `{step, output}`, an output of a step that stands before this one, the first where `output` is left out.',
  },
);

const StepSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 100, description: 'What later steps call it.' }),
    processor: Type.String({ minLength: 1, maxLength: 100 }),
    params: Type.Optional(anyObject),
    inputs: Type.Optional(
      Type.Array(InputSchema, {
        maxItems: 100,
        description:
          'Without it, the first step takes the inputs of the pipeline, any other the first output of the step before it.',
      }),
    ),
  },
  closed,
);

export const PipelineRequestSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    steps: Type.Array(StepSchema, { minItems: 1, maxItems: maxPipelineSteps }),
    inputs: Type.Optional(Type.Array(assetId, { maxItems: 100, description: 'Asset ids.' })),
    priority: Type.Optional(JobPrioritySchema),
    metadata: Type.Optional(anyObject),
    webhookUrl: Type.Optional(Type.String({ maxLength: 2_000, pattern: '^https?://' })),
  },
  closed,
);

const schema = {
  summary: 'Create jobs that feed each other',
  description:
    'A step begins when all it refers to have succeeded; what it refers to is not uploaded again. A step that fails takes those that depend on it along (`skipped`), the others go on, and what has succeeded stays. Each step is a job. Whatever can be known to be wrong refuses the whole, and `step` says where. The same `Idempotency-Key` gives the same pipeline.',
  tags: ['pipelines'],
  headers: Type.Object({
    'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' })),
  }),
  body: PipelineRequestSchema,
  response: { 202: PipelineSchema },
};

/** Twenty steps with 64 KiB of parameters each. */
const bodyLimit = 2 * mebibyte;

export const createPipeline: Route = (api, { pipelines, resolveActor }) => {
  api.post('/v1/pipelines', { schema, bodyLimit }, async (request, reply) => {
    const idempotencyKey = request.headers['idempotency-key'];
    const pipeline = await pipelines.create(resolveActor(request), {
      ...pipelineOf(request.body),
      ...(idempotencyKey && { idempotencyKey }),
    });
    return reply.code(202).header('location', `/v1/pipelines/${pipeline.id}`).send(toPipelineJson(pipeline));
  });
};

export function pipelineOf({ steps, ...rest }: Static<typeof PipelineRequestSchema>): CreatePipeline {
  return { ...rest, steps: steps.map(stepOf) };
}

function stepOf({ inputs, ...step }: Static<typeof StepSchema>): CreateStep {
  return { ...step, ...(inputs && { inputs: inputs.map(inputOf) }) };
}

function inputOf(input: Static<typeof InputSchema>): NonNullable<CreateStep['inputs']>[number] {
  if (typeof input === 'string') return { asset: input };
  return 'step' in input ? { step: input.step, output: input.output ?? 0 } : input;
}
