import { Type } from 'typebox';
import { tenantPermissions } from '../../account-json.ts';
import type { Route } from '../../deps.ts';

export const RoleSchema = Type.Object({
  name: Type.String(),
  builtIn: Type.Boolean(),
  permissions: Type.Array(Type.String()),
});

const schema = {
  summary: 'Roles: those that come with the program, then the workspace’s own',
  tags: ['roles'],
  response: {
    200: Type.Object({
      items: Type.Array(RoleSchema),
      permissions: Type.Array(Type.String(), { description: 'All that a role may be made of.' }),
    }),
  },
};

export const listRoles: Route = (api, { accounts, resolveActor }) => {
  api.get('/v1/roles', { schema }, async (request) => {
    const roles = await accounts.roles.list(resolveActor(request).tenantId);
    const items = roles.map(({ name, builtIn, permissions }) => ({ name, builtIn, permissions: [...permissions] }));
    return { items, permissions: [...tenantPermissions] };
  });
};
