import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { keepCookies, NothingSchema, personIn, signInOf, sourceOf } from '../../sign-in-answer.ts';

const orNull = Type.Union([Type.String(), Type.Null()]);
const NameSchema = Type.String({ minLength: 1, maxLength: 100 });
/** As browsers write it (WebAuthn, level 3, section 5.1.8): looked at by who verifies it. */
const CredentialSchema = Type.Object({ id: Type.String({ maxLength: 2_000 }) }, { additionalProperties: true });

const optionsSchema = { tags: ['auth'], summary: 'What a browser needs to make a passkey' };
const registerSchema = {
  summary: 'Add a passkey',
  tags: ['auth'],
  body: Type.Object({ response: CredentialSchema, name: Type.Optional(NameSchema) }, { additionalProperties: false }),
  response: { 200: NothingSchema },
};
const challengeSchema = { tags: ['auth'], summary: 'What a browser needs to sign in with a passkey' };
const authenticateSchema = {
  summary: 'Sign in with a passkey',
  description: 'It counts as both factors: whoever owns it must have unlocked it.',
  tags: ['auth'],
  body: Type.Object({ response: CredentialSchema }, { additionalProperties: false }),
  response: { 200: NothingSchema },
};
const listSchema = {
  summary: 'One’s passkeys',
  tags: ['auth'],
  response: { 200: Type.Array(Type.Object({ id: Type.String(), name: orNull, createdAt: orNull })) },
};
const removeSchema = {
  summary: 'Remove a passkey',
  tags: ['auth'],
  body: Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false }),
  response: { 200: NothingSchema },
};

export const managePasskeys: Route = (api, deps) => {
  api.get('/v1/auth/passkey/generate-register-options', { schema: optionsSchema }, async (request, reply) => {
    personIn(deps, request);
    const call = { method: 'GET', path: '/passkey/generate-register-options' } as const;
    const { body, setCookies } = await signInOf(deps).call(call, sourceOf(request));
    return keepCookies(reply, setCookies).send(body as object);
  });

  api.post('/v1/auth/passkey/verify-registration', { schema: registerSchema }, async (request, reply) => {
    const signIn = signInOf(deps);
    const { personId } = personIn(deps, request);
    const source = sourceOf(request);
    const { response, name } = request.body;
    const call = { method: 'POST', path: '/passkey/verify-registration', body: { response, name } } as const;
    const { setCookies } = await signIn.call(call, source);
    await signIn.record('passkey.added', personId, source);
    return keepCookies(reply, setCookies).send({});
  });

  api.get('/v1/auth/passkey/list-user-passkeys', { schema: listSchema }, async (request) => {
    personIn(deps, request);
    const { body } = await signInOf(deps).call(
      { method: 'GET', path: '/passkey/list-user-passkeys' },
      sourceOf(request),
    );
    const passkeys = body as { id: string; name?: string | null; createdAt?: string | null }[];
    return passkeys.map(({ id, name = null, createdAt = null }) => ({ id, name, createdAt }));
  });

  api.post('/v1/auth/passkey/delete-passkey', { schema: removeSchema }, async (request) => {
    const signIn = signInOf(deps);
    const { personId } = personIn(deps, request);
    const source = sourceOf(request);
    await signIn.call({ method: 'POST', path: '/passkey/delete-passkey', body: request.body }, source);
    await signIn.record('passkey.removed', personId, source);
    return {};
  });
};

export const signInByPasskey: Route = (api, deps) => {
  api.get('/v1/auth/passkey/generate-authenticate-options', { schema: challengeSchema }, async (request, reply) => {
    const call = { method: 'GET', path: '/passkey/generate-authenticate-options' } as const;
    const { body, setCookies } = await signInOf(deps).call(call, sourceOf(request));
    // Without it the key says no more than that somebody holds the device.
    return keepCookies(reply, setCookies).send({ ...Object(body), userVerification: 'required' });
  });

  api.post('/v1/auth/passkey/verify-authentication', { schema: authenticateSchema }, async (request, reply) => {
    const signIn = signInOf(deps);
    const source = sourceOf(request);
    const call = { method: 'POST', path: '/passkey/verify-authentication', body: request.body } as const;
    const { body, setCookies } = await signIn.call(call, source);
    const { user } = Object(body) as { user?: { id: string } };
    if (user !== undefined) await signIn.record('session.started', user.id, source, { by: 'passkey' });
    return keepCookies(reply, setCookies).send({});
  });
};
