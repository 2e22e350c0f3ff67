import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Take a share back: its address opens nothing any more',
  tags: ['shares'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const revokeShare: Route = (api, { shares, resolveActor }) => {
  api.delete('/v1/shares/:id', { schema }, async (request, reply) => {
    await shares.revoke(resolveActor(request), request.params.id);
    return reply.code(204).send(null);
  });
};
