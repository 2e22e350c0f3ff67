import { Type } from 'typebox';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Remove a member; keys that they made stop working',
  tags: ['members'],
  params: Type.Object({ userId: Type.String() }),
  response: { 204: Type.Null() },
};

const leaveSchema = {
  summary: 'Leave the workspace',
  tags: ['members'],
  response: { 204: Type.Null() },
};

export const removeMember: Route = (api, deps) => {
  api.delete('/v1/members/:userId', { schema }, async (request, reply) => {
    await deps.accounts.members.remove(actingIn(deps, request), request.params.userId);
    return reply.code(204).send(null);
  });
  api.delete('/v1/members/me', { schema: leaveSchema }, async (request, reply) => {
    await deps.accounts.members.leave(actingIn(deps, request));
    return reply.code(204).send(null);
  });
};
