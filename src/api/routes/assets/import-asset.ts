import { Type } from 'typebox';
import { importProcessor } from '#assets/import/import-processor.ts';
import { isTerminal } from '#jobs/job.ts';
import type { Route } from '../../deps.ts';
import { JobSchema, toJobJson } from '../../job-json.ts';
import { preferredWaitSeconds, waitForJob } from '../../waiting.ts';

const schema = {
  summary: 'Import a file from the web',
  description:
    'A job that fetches the file and takes it as an upload; when it has succeeded, `outputs[0].data.assetId` is the ' +
    'asset. Only http and https, ports 80, 443, 8080 and 8443, and addresses of the public internet. `Prefer: wait=20` ' +
    'and `Idempotency-Key` as for other jobs.',
  tags: ['assets'],
  headers: Type.Object({
    'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' })),
    prefer: Type.Optional(Type.String()),
  }),
  body: importProcessor.params,
  response: { 200: JobSchema, 202: JobSchema },
};

export const importAsset: Route = (api, { jobs, checkUrl, resolveActor, closing }) => {
  api.post('/v1/assets/import', { schema }, async (request, reply) => {
    checkUrl(request.body.url);
    const actor = resolveActor(request);
    const key = request.headers['idempotency-key'];
    const { name: processor } = importProcessor;
    const { name } = request.body;
    const created = await jobs.create(actor, {
      processor,
      inputs: [],
      params: request.body,
      ...(name !== undefined && { metadata: { name } }),
      ...(key !== undefined && { idempotencyKey: key }),
    });
    reply.header('location', `/v1/jobs/${created.id}`);
    const waitSeconds = preferredWaitSeconds(request.headers.prefer);
    const job = await waitForJob(jobs, actor, created, waitSeconds * 1_000, reply, closing);
    if (waitSeconds === 0 || !isTerminal(job.status)) return reply.code(202).send(toJobJson(job));
    return reply.code(200).header('preference-applied', `wait=${waitSeconds}`).send(toJobJson(job));
  });
};
