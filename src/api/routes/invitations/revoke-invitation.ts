import { Type } from 'typebox';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Take an invitation back: its link opens nothing any more',
  tags: ['members'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const revokeInvitation: Route = (api, deps) => {
  api.delete('/v1/invitations/:id', { schema }, async (request, reply) => {
    await deps.accounts.invitations.revoke(actingIn(deps, request), request.params.id);
    return reply.code(204).send(null);
  });
};
