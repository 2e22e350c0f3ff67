import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { localPrincipal } from '#accounts/local-access.ts';
import { AppError } from '#kernel/errors.ts';
import { memoryRateLimiter } from '#limits/drivers/memory/memory-rate-limiter.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import { createSignInLimits } from '#limits/sign-in-limits.ts';
import type { Api } from '../deps.ts';
import { replyWithProblem } from '../problem-details.ts';
import { addSignInLimits } from './sign-in-limits.ts';

/** Knows one password. @returns what is answered to each try, and how many passwords were looked at */
async function door(counts: RateLimiter = memoryRateLimiter()) {
  const api = fastify() as unknown as Api;
  let looked = 0;
  api.setErrorHandler(replyWithProblem);
  const limits = createSignInLimits({
    counts,
    modes: { allowed: (limit) => limit },
    metrics: { refused: () => {} },
    attempts: 10,
  });
  addSignInLimits(api, limits, () => localPrincipal);
  api.post('/v1/auth/*', async ({ body }, reply) => {
    looked += 1;
    const { password } = (body ?? {}) as { password?: string };
    if (password !== 'right') return reply.code(401).send({});
    return reply.header('set-cookie', ['esteira.session_token=1; Path=/']).send({});
  });
  api.post('/v1/invitations', async () => ({}));
  await api.ready();
  return {
    looked: () => looked,
    async post(url: string, body: object, remoteAddress = '203.0.113.7') {
      const { statusCode, headers, json } = await api.inject({ method: 'POST', url, payload: body, remoteAddress });
      return { status: statusCode, headers, json };
    },
  };
}

const path = '/v1/auth/sign-in/email';
const email = 'ana@example.org';

test('twenty tries are not answered: after ten, no password is looked at, not even the right one', async () => {
  const { post, looked } = await door();
  const statuses = [];
  for (let time = 0; time < 20; time += 1) statuses.push((await post(path, { email, password: `no ${time}` })).status);
  assert.deepEqual(
    statuses,
    Array.from({ length: 20 }, (_, time) => (time < 10 ? 401 : 429)),
  );
  assert.equal(looked(), 10);
  const right = await post(path, { email, password: 'right' });
  assert.equal(right.status, 429);
  assert.ok(Number(right.headers['retry-after']) > 800);
  assert.equal((await post(path, { email, password: 'right' }, '198.51.100.1')).status, 200, 'its owner, elsewhere');
});

test('who gets in begins anew', async () => {
  const { post } = await door();
  for (let round = 0; round < 2; round += 1) {
    for (let time = 0; time < 9; time += 1) assert.equal((await post(path, { email, password: 'no' })).status, 401);
    assert.equal((await post(path, { email, password: 'right' })).status, 200);
  }
});

test('second factors, resets and the first administrator are tries too; to leave is none', async () => {
  for (const other of [
    'two-factor/verify-totp',
    'request-password-reset',
    'reset-password',
    'setup',
    'sign-up/email',
  ]) {
    const { post } = await door();
    const statuses = new Set<number>();
    for (let time = 0; time < 31; time += 1) statuses.add((await post(`/v1/auth/${other}`, {})).status);
    assert.deepEqual([...statuses], [401, 429], other);
  }
  const { post } = await door();
  for (let time = 0; time < 40; time += 1) assert.equal((await post('/v1/auth/sign-out?x=1', {})).status, 401);
});

test('thirty invitations an hour', async () => {
  const { post } = await door();
  for (let time = 0; time < 30; time += 1) assert.equal((await post('/v1/invitations', {})).status, 200);
  assert.equal((await post('/v1/invitations', {})).status, 429);
});

test('where tries cannot be counted, no password is looked at', async () => {
  const add = async () => {
    throw new AppError('LIMITS_UNAVAILABLE', 'gone');
  };
  const { post, looked } = await door({ ...memoryRateLimiter(), add });
  const { status, headers } = await post(path, { email, password: 'right' });
  assert.deepEqual([status, headers['retry-after'], looked()], [503, '2', 0]);
});
