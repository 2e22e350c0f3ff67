import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Members of the workspace, oldest first',
  tags: ['members'],
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          userId: Type.String(),
          email: Type.String(),
          name: Type.String(),
          role: Type.String(),
          joinedAt: Type.String({ format: 'date-time' }),
        }),
      ),
    }),
  },
};

export const listMembers: Route = (api, { accounts, resolveActor }) => {
  api.get('/v1/members', { schema }, async (request) => {
    const members = await accounts.members.list(resolveActor(request).tenantId);
    const people = await accounts.people.people(members.map(({ userId }) => userId));
    const byId = new Map(people.map((person) => [person.id, person]));
    return {
      items: members.map(({ userId, role, joinedAt, outside }) => {
        const known = byId.get(userId) ?? outside;
        return { userId, email: known?.email ?? '', name: known?.name ?? '', role, joinedAt: joinedAt.toISOString() };
      }),
    };
  });
};
