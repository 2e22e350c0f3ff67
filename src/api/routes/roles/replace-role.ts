import { Type } from 'typebox';
import { PermissionsSchema } from '../../account-json.ts';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';
import { RoleSchema } from './list-roles.ts';

const schema = {
  summary: 'Change what a role holds, for everybody who has it',
  tags: ['roles'],
  params: Type.Object({ name: Type.String() }),
  body: Type.Object({ permissions: PermissionsSchema }, { additionalProperties: false }),
  response: { 200: RoleSchema },
};

export const replaceRole: Route = (api, deps) => {
  api.put('/v1/roles/:name', { schema }, async (request) => {
    const { name } = request.params;
    const role = await deps.accounts.roles.replace(actingIn(deps, request), name, request.body.permissions);
    return { ...role, permissions: [...role.permissions] };
  });
};
