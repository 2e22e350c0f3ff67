import { Type } from 'typebox';
import { oidcError } from '#accounts/identity/auth-errors.ts';
import type { Route } from '../../deps.ts';
import { keepCookies, PagePathSchema, signInOf, sourceOf } from '../../sign-in-answer.ts';

const schema = {
  summary: 'Sign in by an account with another provider',
  description: 'Answers with the address to send the browser to; it comes back to the page in `callbackURL`.',
  tags: ['auth'],
  body: Type.Object(
    {
      providerId: Type.String({ maxLength: 50 }),
      callbackURL: Type.Optional(PagePathSchema),
      errorCallbackURL: Type.Optional(PagePathSchema),
      invitationToken: Type.Optional(Type.String({ maxLength: 200 })),
    },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ url: Type.String() }) },
};

const backSchema = {
  summary: 'Where the other provider sends the browser',
  tags: ['auth'],
  params: Type.Object({ id: Type.String({ maxLength: 50 }) }),
  querystring: Type.Object({
    code: Type.Optional(Type.String({ maxLength: 4_000 })),
    state: Type.Optional(Type.String({ maxLength: 500 })),
    error: Type.Optional(Type.String({ maxLength: 200 })),
    error_description: Type.Optional(Type.String({ maxLength: 1_000 })),
    iss: Type.Optional(Type.String({ maxLength: 1_000 })),
  }),
};

export const signInElsewhere: Route = (api, deps) => {
  api.post('/v1/auth/sign-in/oauth2', { schema }, async (request, reply) => {
    const { callbackURL = '/', errorCallbackURL = '/sign-in', ...rest } = request.body;
    const options = { ...rest, callbackURL, errorCallbackURL };
    const { body, setCookies } = await signInOf(deps).startOidc(options, sourceOf(request));
    const { url } = body as { url: string };
    return keepCookies(reply, setCookies).send({ url });
  });

  api.get('/v1/auth/callback/:id', { schema: backSchema }, async (request, reply) => {
    const { state } = request.query;
    // Somebody else's sign-in, which this browser would take for its own.
    if (state === undefined || state === '') throw oidcError('state_not_found');
    const call = { method: 'GET', path: `/callback/${encodeURIComponent(request.params.id)}` } as const;
    const { location, setCookies } = await signInOf(deps).call({ ...call, query: request.query }, sourceOf(request));
    if (location === undefined) throw oidcError('lost');
    return keepCookies(reply, setCookies).redirect(location, 302);
  });
};
