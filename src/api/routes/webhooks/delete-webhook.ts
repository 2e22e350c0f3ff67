import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Remove a webhook endpoint with its deliveries',
  tags: ['webhooks'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const deleteWebhook: Route = (api, { webhooks, resolveActor }) => {
  api.delete('/v1/webhooks/:id', { schema }, async (request, reply) => {
    await webhooks.remove(resolveActor(request), request.params.id);
    return reply.code(204).send(null);
  });
};
