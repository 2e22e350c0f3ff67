import { Type } from 'typebox';
import { isTerminal } from '#jobs/job.ts';
import type { Route } from '../../deps.ts';
import { JobPrioritySchema, JobSchema, toJobJson } from '../../job-json.ts';
import { preferredWaitSeconds, waitForJob } from '../../waiting.ts';

const anyObject = Type.Record(Type.String(), Type.Unknown());

export const JobRequestSchema = Type.Object(
  {
    processor: Type.String({ minLength: 1, maxLength: 100 }),
    inputs: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100, description: 'Asset ids.' }),
    params: Type.Optional(anyObject),
    priority: Type.Optional(JobPrioritySchema),
    webhookUrl: Type.Optional(Type.String({ maxLength: 2_000, pattern: '^https?://' })),
    metadata: Type.Optional(anyObject),
  },
  { additionalProperties: false },
);

const schema = {
  summary: 'Create a job',
  description:
    'Answers 202 at once. With `Prefer: wait=20` it waits up to that many seconds (60 at most) and answers 200 when the job has ended. The same `Idempotency-Key` gives the same job.',
  tags: ['jobs'],
  headers: Type.Object({
    'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' })),
    prefer: Type.Optional(Type.String()),
  }),
  body: JobRequestSchema,
  response: { 200: JobSchema, 202: JobSchema },
};

export const createJob: Route = (api, { jobs, resolveActor, closing }) => {
  api.post('/v1/jobs', { schema }, async (request, reply) => {
    const actor = resolveActor(request);
    const { params = {}, ...rest } = request.body;
    const idempotencyKey = request.headers['idempotency-key'];
    const created = await jobs.create(actor, { ...rest, params, ...(idempotencyKey && { idempotencyKey }) });
    reply.header('location', `/v1/jobs/${created.id}`);

    const waitSeconds = preferredWaitSeconds(request.headers.prefer);
    const job = await waitForJob(jobs, actor, created, waitSeconds * 1_000, reply, closing);
    if (waitSeconds === 0 || !isTerminal(job.status)) return reply.code(202).send(toJobJson(job));
    return reply.code(200).header('preference-applied', `wait=${waitSeconds}`).send(toJobJson(job));
  });
};
