import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Remove a template with all its versions',
  tags: ['templates'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const deleteTemplate: Route = (api, { templates, resolveActor }) => {
  api.delete('/v1/templates/:id', { schema }, async (request, reply) => {
    await templates.remove(resolveActor(request), request.params.id);
    return reply.code(204).send(null);
  });
};
