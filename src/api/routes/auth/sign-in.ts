import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import { EmailSchema } from '../../account-json.ts';
import type { Route } from '../../deps.ts';
import { keepCookies, NothingSchema, PasswordSchema, signInOf, sourceOf } from '../../sign-in-answer.ts';

const schema = {
  summary: 'Sign in with a password',
  description:
    'Sets the cookie of a session. `twoFactorRedirect`: send a code to `two-factor/verify-totp` next; until then nobody ' +
    'is signed in.',
  tags: ['auth'],
  body: Type.Object(
    {
      email: EmailSchema,
      password: PasswordSchema,
      rememberMe: Type.Optional(Type.Boolean({ description: 'false: until the browser is closed.' })),
    },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ twoFactorRedirect: Type.Optional(Type.Boolean()) }) },
};

const outSchema = { summary: 'Sign out', tags: ['auth'], response: { 200: NothingSchema } };

export const signInByPassword: Route = (api, deps) => {
  api.post('/v1/auth/sign-in/email', { schema }, async (request, reply) => {
    const signIn = signInOf(deps);
    const source = sourceOf(request);
    const { email, ...rest } = request.body;
    const body = { ...rest, email: email.trim().toLowerCase() };
    try {
      const answer = await signIn.call({ method: 'POST', path: '/sign-in/email', body }, source);
      const { twoFactorRedirect, user } = answer.body as { twoFactorRedirect?: boolean; user?: { id: string } };
      if (user !== undefined) await signIn.record('session.started', user.id, source);
      return keepCookies(reply, answer.setCookies).send(twoFactorRedirect ? { twoFactorRedirect } : {});
    } catch (error) {
      if (error instanceof AppError && error.code === 'WRONG_CREDENTIALS') {
        const person = await signIn.people.byEmail(email);
        if (person !== undefined) await signIn.record('session.failed', person.id, source);
      }
      throw error;
    }
  });
};

export const signOut: Route = (api, deps) => {
  api.post('/v1/auth/sign-out', { schema: outSchema }, async (request, reply) => {
    const signIn = signInOf(deps);
    const { setCookies } = await signIn.call({ method: 'POST', path: '/sign-out' }, sourceOf(request));
    return keepCookies(reply, setCookies).send({});
  });
};
