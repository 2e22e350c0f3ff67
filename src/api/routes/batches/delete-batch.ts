import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Cancel what runs, then remove the batch with its jobs and their outputs',
  tags: ['batches'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const deleteBatch: Route = (api, { batches, resolveActor }) => {
  api.delete('/v1/batches/:id', { schema }, async (request, reply) => {
    await batches.remove(resolveActor(request), request.params.id);
    return reply.code(204).send(null);
  });
};
