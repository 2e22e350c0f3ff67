import { Type } from 'typebox';
import { PermissionsSchema, RoleNameSchema } from '../../account-json.ts';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';
import { RoleSchema } from './list-roles.ts';

const schema = {
  summary: 'Make a role of permissions that one has oneself',
  tags: ['roles'],
  body: Type.Object({ name: RoleNameSchema, permissions: PermissionsSchema }, { additionalProperties: false }),
  response: { 201: RoleSchema },
};

export const createRole: Route = (api, deps) => {
  api.post('/v1/roles', { schema }, async (request, reply) => {
    const role = await deps.accounts.roles.create(actingIn(deps, request), request.body);
    return reply.code(201).send({ ...role, permissions: [...role.permissions] });
  });
};
