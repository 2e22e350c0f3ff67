import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Cancel what runs, then remove the pipeline with the jobs of its steps and their outputs',
  tags: ['pipelines'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const deletePipeline: Route = (api, { pipelines, resolveActor }) => {
  api.delete('/v1/pipelines/:id', { schema }, async (request, reply) => {
    await pipelines.remove(resolveActor(request), request.params.id);
    return reply.code(204).send(null);
  });
};
