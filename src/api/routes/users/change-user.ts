import { Type } from 'typebox';
import { EmailSchema } from '../../account-json.ts';
import type { Route } from '../../deps.ts';
import { PasswordSchema } from '../../sign-in-answer.ts';
import { toUserJson, UserSchema } from '../../user-json.ts';

const createSchema = {
  summary: 'Make an account for somebody',
  tags: ['users'],
  body: Type.Object(
    {
      email: EmailSchema,
      name: Type.String({ minLength: 1, maxLength: 200 }),
      password: Type.Optional(PasswordSchema),
      operator: Type.Optional(Type.Boolean({ description: 'Runs this server.' })),
    },
    { additionalProperties: false },
  ),
  response: { 201: UserSchema },
};

const changeSchema = {
  summary: 'Change what somebody may, or their password',
  description: 'Whoever is disabled is signed out and cannot sign in. A new password ends all their sessions.',
  tags: ['users'],
  params: Type.Object({ id: Type.String() }),
  body: Type.Object(
    {
      operator: Type.Optional(Type.Boolean()),
      disabled: Type.Optional(Type.Boolean()),
      password: Type.Optional(PasswordSchema),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: UserSchema },
};

export const changeUser: Route = (api, { people }) => {
  api.post('/v1/users', { schema: createSchema }, async (request, reply) => {
    const { operator, ...person } = request.body;
    const made = await people.add({ ...person, emailVerified: true });
    const user = operator === true ? await people.change(made.id, { operator }) : made;
    return reply.code(201).send(toUserJson(user));
  });

  api.patch('/v1/users/:id', { schema: changeSchema }, async (request) => {
    const { password, operator, disabled } = request.body;
    const { id } = request.params;
    if (password !== undefined) await people.setPassword(id, password);
    const change = { ...(operator !== undefined && { operator }), ...(disabled !== undefined && { disabled }) };
    return toUserJson(await people.change(id, change));
  });
};
