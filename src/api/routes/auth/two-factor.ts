import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import type { Route } from '../../deps.ts';
import { keepCookies, NothingSchema, PasswordSchema, personIn, signInOf, sourceOf } from '../../sign-in-answer.ts';

const PasswordBody = Type.Object({ password: PasswordSchema }, { additionalProperties: false });
const CodeBody = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 40 }),
    trustDevice: Type.Optional(Type.Boolean({ description: 'Asks for no code on this device for 30 days.' })),
  },
  { additionalProperties: false },
);
const BackupCodes = Type.Array(Type.String());

const enableSchema = {
  summary: 'Begin to switch on the second factor',
  description: 'It is on when a code of the app has come back (`two-factor/verify-totp`). Backup codes are shown once.',
  tags: ['auth'],
  body: PasswordBody,
  response: { 200: Type.Object({ totpURI: Type.String(), backupCodes: BackupCodes }) },
};
const disableSchema = {
  summary: 'Switch the second factor off',
  tags: ['auth'],
  body: PasswordBody,
  response: { 200: NothingSchema },
};
const codesSchema = {
  summary: 'New backup codes; the old ones open nothing any more',
  tags: ['auth'],
  body: PasswordBody,
  response: { 200: Type.Object({ backupCodes: BackupCodes }) },
};
const verifySchema = {
  summary: 'A code of the app: ends signing in, or switches the second factor on',
  tags: ['auth'],
  body: CodeBody,
  response: { 200: NothingSchema },
};

export const manageTwoFactor: Route = (api, deps) => {
  const own = async (path: string, request: Parameters<typeof sourceOf>[0], action: string) => {
    const signIn = signInOf(deps);
    const { personId } = personIn(deps, request);
    const source = sourceOf(request);
    const answer = await signIn.call({ method: 'POST', path, body: request.body as object }, source);
    await signIn.record(action, personId, source);
    return answer;
  };

  api.post('/v1/auth/two-factor/enable', { schema: enableSchema }, async (request, reply) => {
    const { body, setCookies } = await own('/two-factor/enable', request, 'second-factor.prepared');
    const { totpURI, backupCodes } = body as { totpURI: string; backupCodes: string[] };
    return keepCookies(reply, setCookies).send({ totpURI, backupCodes });
  });

  api.post('/v1/auth/two-factor/disable', { schema: disableSchema }, async (request, reply) => {
    const { setCookies } = await own('/two-factor/disable', request, 'second-factor.removed');
    return keepCookies(reply, setCookies).send({});
  });

  api.post('/v1/auth/two-factor/generate-backup-codes', { schema: codesSchema }, async (request) => {
    const { body } = await own('/two-factor/generate-backup-codes', request, 'second-factor.codes-made');
    return { backupCodes: (body as { backupCodes: string[] }).backupCodes };
  });
};

export const verifyTwoFactor: Route = (api, deps) => {
  const { isFirstUse } = deps.limits.signIn;
  for (const name of ['verify-totp', 'verify-backup-code']) {
    const summary = name === 'verify-totp' ? verifySchema.summary : 'A backup code instead; each is good for once';
    api.post(`/v1/auth/two-factor/${name}`, { schema: { ...verifySchema, summary } }, async (request, reply) => {
      const signIn = signInOf(deps);
      const source = sourceOf(request);
      const call = { method: 'POST', path: `/two-factor/${name}`, body: request.body } as const;
      const { body, setCookies } = await signIn.call(call, source);
      const { user } = Object(body) as { user?: { id: string } };
      if (user !== undefined && name === 'verify-totp' && !(await isFirstUse(user.id, request.body.code))) {
        // The library takes a code as often as it comes: what it has begun is ended before anybody hears of it.
        const cookie = setCookies.map((one) => one.split(';', 1)[0]).join('; ');
        await signIn.call({ method: 'POST', path: '/sign-out' }, { ...source, headers: { ...source.headers, cookie } });
        throw new AppError('WRONG_CODE', 'This code was used a moment ago. Sign in again, with the next one.');
      }
      if (user !== undefined) await signIn.record('second-factor.passed', user.id, source);
      return keepCookies(reply, setCookies).send({});
    });
  }
};
