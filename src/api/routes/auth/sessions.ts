import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import type { Route } from '../../deps.ts';
import { NothingSchema, personIn, signInOf } from '../../sign-in-answer.ts';

const Moment = Type.String({ format: 'date-time' });
const orNull = Type.Union([Type.String(), Type.Null()]);

const listSchema = {
  summary: 'Where one is signed in',
  tags: ['auth'],
  response: {
    200: Type.Array(
      Type.Object({
        id: Type.String(),
        token: Type.String({ description: 'What `revoke-session` takes: the id. Never the cookie.' }),
        createdAt: Moment,
        updatedAt: Moment,
        expiresAt: Moment,
        ipAddress: orNull,
        userAgent: orNull,
        current: Type.Boolean(),
      }),
    ),
  },
};

const revokeSchema = {
  summary: 'Sign one of them out',
  tags: ['auth'],
  body: Type.Object({ token: Type.String({ maxLength: 100 }) }, { additionalProperties: false }),
  response: { 200: NothingSchema },
};

const revokeOthersSchema = { summary: 'Sign all others out', tags: ['auth'], response: { 200: NothingSchema } };

const tenantSchema = {
  summary: 'Work in another workspace from now on',
  tags: ['auth'],
  body: Type.Object({ tenantId: Type.String({ maxLength: 100 }) }, { additionalProperties: false }),
  response: { 200: NothingSchema },
};

export const ownSessions: Route = (api, deps) => {
  api.get('/v1/auth/list-sessions', { schema: listSchema }, async (request) => {
    const { personId, sessionId } = personIn(deps, request);
    const open = await signInOf(deps).sessions.of(personId);
    return open.map(({ createdAt, updatedAt, expiresAt, ...rest }) => ({
      ...rest,
      token: rest.id,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      current: rest.id === sessionId,
    }));
  });

  api.post('/v1/auth/revoke-session', { schema: revokeSchema }, async (request) => {
    await signInOf(deps).sessions.end(personIn(deps, request).personId, request.body.token);
    return {};
  });

  api.post('/v1/auth/revoke-other-sessions', { schema: revokeOthersSchema }, async (request) => {
    const { personId, sessionId } = personIn(deps, request);
    await signInOf(deps).sessions.endOthers(personId, sessionId);
    return {};
  });
};

export const chooseTenant: Route = (api, deps) => {
  api.post('/v1/auth/tenant', { schema: tenantSchema }, async (request) => {
    const { personId, sessionId } = personIn(deps, request);
    const { tenantId } = request.body;
    const memberships = await deps.accounts.memberships.of(personId);
    if (!memberships.some((one) => one.tenantId === tenantId)) {
      throw new AppError('TENANT_NOT_FOUND', 'You do not belong to such a workspace.');
    }
    await signInOf(deps).sessions.choose(personId, sessionId, tenantId);
    return {};
  });
};
