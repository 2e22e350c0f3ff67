import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { memoryRateLimiter } from './drivers/memory/memory-rate-limiter.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { createSignInLimits, type SignInLimits } from './sign-in-limits.ts';

function signIn(counts: RateLimiter = memoryRateLimiter()): SignInLimits {
  return createSignInLimits({
    counts,
    modes: { allowed: (limit) => limit },
    metrics: { refused: () => {} },
    attempts: 10,
  });
}

/** @returns how many were let through before the first that was not */
async function triesUntilRefused(attempt: (time: number) => Promise<void>, most = 500): Promise<number> {
  for (let time = 0; time < most; time += 1) {
    try {
      await attempt(time);
    } catch (error) {
      assert.equal((error as AppError).code, 'RATE_LIMITED');
      return time;
    }
  }
  return most;
}

test('one address, one account: ten tries, however the account is written', async () => {
  const limits = signIn();
  const spellings = ['ana@example.org', ' Ana@Example.org ', 'ANA@EXAMPLE.ORG'];
  assert.equal(await triesUntilRefused((time) => limits.attempt('203.0.113.7', spellings[time % 3])), 10);
});

test('one address, many accounts: thirty; many addresses, one account: a hundred', async () => {
  const limits = signIn();
  assert.equal(await triesUntilRefused((time) => limits.attempt('203.0.113.7', `${time}@example.org`)), 30);
  assert.equal(await triesUntilRefused((time) => limits.attempt(`198.51.100.${time}`, 'ana@example.org')), 100);
});

test('tries that name no account count by address', async () => {
  const limits = signIn();
  assert.equal(await triesUntilRefused(() => limits.attempt('203.0.113.7', undefined)), 30);
});

test('who got in after all begins anew', async () => {
  const limits = signIn();
  for (let time = 0; time < 9; time += 1) await limits.attempt('203.0.113.7', 'ana@example.org');
  await limits.succeeded('203.0.113.7', 'ana@example.org');
  assert.equal(await triesUntilRefused(() => limits.attempt('203.0.113.7', 'ana@example.org')), 10);
});

test('an office of many signs in through one address', async () => {
  const limits = signIn();
  for (let person = 0; person < 100; person += 1) {
    await limits.attempt('203.0.113.7', `${person}@example.org`);
    await limits.succeeded('203.0.113.7', `${person}@example.org`);
  }
});

test('a code of an app is good for one use of one person, however many come at once', async () => {
  const limits = signIn();
  const uses = await Promise.all(Array.from({ length: 5 }, () => limits.isFirstUse('ana', '123456')));
  assert.equal(uses.filter(Boolean).length, 1);
  assert.equal(await limits.isFirstUse('bea', '123456'), true);
  assert.equal(await limits.isFirstUse('ana', '123457'), true);
});

test('what cannot be counted is not tried', async () => {
  const away = async () => {
    throw new AppError('LIMITS_UNAVAILABLE', 'gone');
  };
  const limits = signIn({ ...memoryRateLimiter(), add: away });
  await assert.rejects(limits.attempt('203.0.113.7', 'ana@example.org'), { code: 'LIMITS_UNAVAILABLE' });
  await assert.rejects(limits.isFirstUse('ana', '123456'), { code: 'LIMITS_UNAVAILABLE' });
  await assert.rejects(limits.invitation('user'), { code: 'LIMITS_UNAVAILABLE' });
});
