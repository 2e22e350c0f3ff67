import { Type } from 'typebox';
import { RoleNameSchema } from '../../account-json.ts';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Remove a role',
  tags: ['roles'],
  params: Type.Object({ name: Type.String() }),
  querystring: Type.Object(
    {
      replaceWith: Type.Optional(
        Type.String({
          ...RoleNameSchema,
          description: 'The role for those who have it; without one, nobody may have it.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  response: { 204: Type.Null() },
};

export const removeRole: Route = (api, deps) => {
  api.delete('/v1/roles/:name', { schema }, async (request, reply) => {
    await deps.accounts.roles.remove(actingIn(deps, request), request.params.name, request.query.replaceWith);
    return reply.code(204).send(null);
  });
};
