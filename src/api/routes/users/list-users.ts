import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { toUserJson, UserSchema } from '../../user-json.ts';

const schema = {
  summary: 'People who have an account, oldest first',
  tags: ['users'],
  querystring: Type.Object(
    {
      email: Type.Optional(Type.String({ maxLength: 254, description: 'Only whoever has this address.' })),
      after: Type.Optional(Type.String({ maxLength: 100, description: 'The id of the last one on the page before.' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({ items: Type.Array(UserSchema), nextCursor: Type.Union([Type.String(), Type.Null()]) }),
  },
};

export const listUsers: Route = (api, { people }) => {
  api.get('/v1/users', { schema }, async (request) => {
    const { email, after, limit = 50 } = request.query;
    if (email !== undefined) {
      const person = await people.byEmail(email);
      return { items: person === undefined ? [] : [toUserJson(person)], nextCursor: null };
    }
    const found = await people.list({ after, limit });
    const last = found.length === limit ? found.at(-1) : undefined;
    return { items: found.map(toUserJson), nextCursor: last?.id ?? null };
  });
};
