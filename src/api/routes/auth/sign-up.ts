import { Type } from 'typebox';
import { EmailSchema } from '../../account-json.ts';
import type { Route } from '../../deps.ts';
import { keepCookies, PasswordSchema, signInOf, sourceOf } from '../../sign-in-answer.ts';

const schema = {
  summary: 'Make an account',
  description:
    'With an invitation, for its address; it makes its owner a member, and signs in. With `ESTEIRA_SIGN_UP=open` also ' +
    'without one: the answer is the same whether there is an account already, and a mail says what to do next.',
  tags: ['auth'],
  body: Type.Object(
    {
      email: EmailSchema,
      password: PasswordSchema,
      name: Type.String({ minLength: 1, maxLength: 200 }),
      invitationToken: Type.Optional(Type.String({ maxLength: 200 })),
      language: Type.Optional(Type.Enum(['en', 'pt-BR'])),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({
      confirmEmail: Type.Optional(Type.Boolean({ description: 'Nobody is signed in until they open the link.' })),
    }),
  },
};

export const signUp: Route = (api, deps) => {
  api.post('/v1/auth/sign-up/email', { schema }, async (request, reply) => {
    const { body, setCookies } = await signInOf(deps).register(request.body, sourceOf(request));
    const { confirmEmail } = Object(body) as { confirmEmail?: boolean };
    return keepCookies(reply, setCookies).send(confirmEmail ? { confirmEmail } : {});
  });
};
