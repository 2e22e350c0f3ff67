import { Type } from 'typebox';
import { EmailSchema } from '../../account-json.ts';
import type { Route } from '../../deps.ts';
import { keepCookies, NothingSchema, PasswordSchema, signInOf, sourceOf } from '../../sign-in-answer.ts';

const schema = {
  summary: 'Become the first administrator',
  description: 'With the token that the last start of the server has logged. Signs in.',
  tags: ['auth'],
  body: Type.Object(
    {
      token: Type.Optional(Type.String({ maxLength: 200 })),
      email: EmailSchema,
      password: PasswordSchema,
      name: Type.String({ minLength: 1, maxLength: 200 }),
      workspace: Type.String({ minLength: 1, maxLength: 100, description: 'What the first workspace is called.' }),
      language: Type.Optional(Type.Enum(['en', 'pt-BR'])),
    },
    { additionalProperties: false },
  ),
  response: { 200: NothingSchema },
};

export const setUp: Route = (api, deps) => {
  api.post('/v1/auth/setup', { schema }, async (request, reply) => {
    const { token = '', ...administrator } = request.body;
    const { setCookies } = await signInOf(deps).setUp({ token, ...administrator }, sourceOf(request));
    return keepCookies(reply, setCookies).send({});
  });
};
