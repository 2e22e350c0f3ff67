import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { outputOf } from '../../job-output.ts';
import { sendContent } from '../../object-response.ts';

const schema = {
  summary: 'Download an output',
  description:
    'Answers Range, If-Range and If-None-Match; the ETag is the SHA-256 of the bytes. A large one may be answered with ' +
    'a redirect to the object store.',
  tags: ['jobs'],
  params: Type.Object({ id: Type.String(), index: Type.String() }),
};

export const getJobOutput: Route = (api, { jobs, store, redirects, resolveActor }) => {
  api.get('/v1/jobs/:id/outputs/:index', { schema }, async (request, reply) => {
    const { id, index } = request.params;
    const output = outputOf(await jobs.get(resolveActor(request), id), index);
    return sendContent(request, reply, store, { ...output, name: null }, { redirects });
  });
};
