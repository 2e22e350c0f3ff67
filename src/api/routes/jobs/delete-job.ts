import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Cancel what runs, then remove the job and its outputs',
  tags: ['jobs'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const deleteJob: Route = (api, { jobs, resolveActor }) => {
  api.delete('/v1/jobs/:id', { schema }, async (request, reply) => {
    await jobs.remove(resolveActor(request), request.params.id);
    return reply.code(204).send(null);
  });
};
