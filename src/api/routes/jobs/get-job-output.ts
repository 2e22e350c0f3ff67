import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import type { Route } from '../../deps.ts';
import { sendContent } from '../../object-response.ts';

const schema = {
  summary: 'Download an output',
  description: 'Answers Range, If-Range and If-None-Match; the ETag is the SHA-256 of the bytes.',
  tags: ['jobs'],
  params: Type.Object({ id: Type.String(), index: Type.String() }),
};

export const getJobOutput: Route = (api, { jobs, store, resolveActor }) => {
  api.get('/v1/jobs/:id/outputs/:index', { schema }, async (request, reply) => {
    const { id, index } = request.params;
    const job = await jobs.get(resolveActor(request), id);
    const output = job.outputs.find((candidate) => String(candidate.index) === index);
    if (output) return sendContent(request, reply, store, { ...output, name: null });
    if (job.status === 'queued' || job.status === 'active') {
      throw new AppError('JOB_NOT_FINISHED', `The job is ${job.status}; its outputs exist once it has succeeded.`);
    }
    throw new AppError(
      'OUTPUT_NOT_FOUND',
      `The job ${job.status} with ${job.outputs.length} outputs; this is none of them.`,
    );
  });
};
