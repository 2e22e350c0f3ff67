import { Type } from 'typebox';
import { RoleNameSchema } from '../../account-json.ts';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Give a member another role',
  description: 'Nobody gives or takes a role that holds more than they do, and a workspace keeps an owner.',
  tags: ['members'],
  params: Type.Object({ userId: Type.String() }),
  body: Type.Object({ role: RoleNameSchema }, { additionalProperties: false }),
  response: { 204: Type.Null() },
};

export const changeMember: Route = (api, deps) => {
  api.patch('/v1/members/:userId', { schema }, async (request, reply) => {
    await deps.accounts.members.changeRole(actingIn(deps, request), request.params.userId, request.body.role);
    return reply.code(204).send(null);
  });
};
