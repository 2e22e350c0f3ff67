import { Type } from 'typebox';
import { EmailSchema } from '../../account-json.ts';
import type { Route } from '../../deps.ts';
import { keepCookies, NothingSchema, PagePathSchema, personIn, signInOf, sourceOf } from '../../sign-in-answer.ts';

const updateSchema = {
  summary: 'Change what one is called, or the language of mails',
  tags: ['auth'],
  body: Type.Object(
    {
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      language: Type.Optional(Type.Enum(['en', 'pt-BR'])),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: NothingSchema },
};

const sendSchema = {
  summary: 'Send the link that confirms one’s address once more',
  tags: ['auth'],
  body: Type.Object(
    { email: Type.Optional(EmailSchema), callbackURL: Type.Optional(PagePathSchema) },
    { additionalProperties: false },
  ),
  response: { 200: NothingSchema },
};

const verifySchema = {
  summary: 'Confirm an address by the link that was sent to it',
  tags: ['auth'],
  querystring: Type.Object({ token: Type.String({ minLength: 1, maxLength: 2_000 }) }, { additionalProperties: false }),
};

export const updateProfile: Route = (api, deps) => {
  api.post('/v1/auth/update-user', { schema: updateSchema }, async (request, reply) => {
    personIn(deps, request);
    const call = { method: 'POST', path: '/update-user', body: request.body } as const;
    const { setCookies } = await signInOf(deps).call(call, sourceOf(request));
    return keepCookies(reply, setCookies).send({});
  });
};

export const confirmEmail: Route = (api, deps) => {
  api.post('/v1/auth/send-verification-email', { schema: sendSchema }, async (request) => {
    const signIn = signInOf(deps);
    const [person] = await signIn.people.byIds([personIn(deps, request).personId]);
    if (person === undefined || person.emailVerified) return {};
    const call = { method: 'POST', path: '/send-verification-email', body: { email: person.email } } as const;
    await signIn.call(call, { ...sourceOf(request), headers: {} });
    return {};
  });

  api.get('/v1/auth/verify-email', { schema: verifySchema }, async (request, reply) => {
    const call = { method: 'GET', path: '/verify-email', query: request.query } as const;
    await signInOf(deps).call(call, { ...sourceOf(request), headers: {} });
    return reply.redirect('/account', 302);
  });
};
