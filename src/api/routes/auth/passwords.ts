import { Type } from 'typebox';
import { EmailSchema } from '../../account-json.ts';
import type { Route } from '../../deps.ts';
import {
  keepCookies,
  NothingSchema,
  PagePathSchema,
  PasswordSchema,
  personIn,
  signInOf,
  sourceOf,
} from '../../sign-in-answer.ts';

const common = { tags: ['auth'], response: { 200: NothingSchema } };

const changeSchema = {
  ...common,
  summary: 'Change one’s password; all other sessions end',
  body: Type.Object(
    {
      currentPassword: PasswordSchema,
      newPassword: PasswordSchema,
      revokeOtherSessions: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
};

const requestSchema = {
  ...common,
  summary: 'Ask for a link to choose a new password by',
  description: 'The answer is the same whether anybody has this address.',
  body: Type.Object({ email: EmailSchema, redirectTo: Type.Optional(PagePathSchema) }, { additionalProperties: false }),
};

const resetSchema = {
  ...common,
  summary: 'Choose a new password by the link; all sessions end',
  body: Type.Object(
    { token: Type.String({ minLength: 1, maxLength: 200 }), newPassword: PasswordSchema },
    { additionalProperties: false },
  ),
};

export const changePassword: Route = (api, deps) => {
  api.post('/v1/auth/change-password', { schema: changeSchema }, async (request, reply) => {
    const signIn = signInOf(deps);
    const source = sourceOf(request);
    const { personId } = personIn(deps, request);
    const { currentPassword, newPassword } = request.body;
    const [person] = await signIn.people.byIds([personId]);
    await signIn.checkNewPassword(newPassword, person === undefined ? [] : [person.email, person.name]);
    const body = { currentPassword, newPassword, revokeOtherSessions: true };
    const { setCookies } = await signIn.call({ method: 'POST', path: '/change-password', body }, source);
    await signIn.people.endPending(personId);
    await signIn.record('password.changed', personId, source);
    return keepCookies(reply, setCookies).send({});
  });
};

export const resetPassword: Route = (api, deps) => {
  api.post('/v1/auth/request-password-reset', { schema: requestSchema }, async (request) => {
    const body = { email: request.body.email.trim().toLowerCase() };
    // Nobody waits for it: how long it takes would say whether there is such a person.
    signInOf(deps)
      .call({ method: 'POST', path: '/request-password-reset', body }, { ...sourceOf(request), headers: {} })
      .catch((err: unknown) => request.log.warn({ err }, 'a link for a new password could not be made'));
    return {};
  });

  api.post('/v1/auth/reset-password', { schema: resetSchema }, async (request) => {
    const signIn = signInOf(deps);
    await signIn.checkNewPassword(request.body.newPassword, []);
    const call = { method: 'POST', path: '/reset-password', body: request.body } as const;
    await signIn.call(call, { ...sourceOf(request), headers: {} });
    return {};
  });
};
