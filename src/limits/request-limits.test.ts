import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plans } from '#accounts/plans/plan.ts';
import type { Principal } from '#accounts/principal.ts';
import { newId } from '#kernel/ids.ts';
import { memoryRateLimiter } from './drivers/memory/memory-rate-limiter.ts';
import { isOver, type LimitState } from './limit.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { createRequestLimits, type RequestLimits, type RequestLimitsDeps } from './request-limits.ts';

const address = '203.0.113.7';

function limits(changes: Partial<RequestLimitsDeps> = {}): RequestLimits {
  return createRequestLimits({
    counts: memoryRateLimiter(),
    lasting: memoryRateLimiter(),
    modes: { allowed: (limit) => limit },
    plans: undefined,
    metrics: { refused: () => {} },
    perMinute: { ip: 5, user: 20 },
    ...changes,
  });
}

async function useUp(requests: RequestLimits, times: number): Promise<(LimitState | undefined)[]> {
  const states = [];
  for (let time = 0; time < times; time += 1) states.push(await requests.address('ip', address));
  return states;
}

test('an address has what it may have, then none, and others still have theirs', async () => {
  const requests = limits();
  const states = await useUp(requests, 7);
  assert.deepEqual(
    states.map((state) => state && isOver(state)),
    [false, false, false, false, false, true, true],
  );
  assert.deepEqual(
    states.map((state) => state?.used),
    [1, 2, 3, 4, 5, 6, 7],
  );
  assert.ok(requests.blocked(address, false));
  assert.equal(requests.blocked(address, true), undefined, 'who signs in is asked who they are first');
  assert.equal(requests.blocked('203.0.113.8', false), undefined);
  assert.equal(isOver((await requests.address('ip', '203.0.113.8')) ?? fail()), false);
});

test('each block within a day is longer than the one before, up to an hour', async () => {
  // The end of each block is what forgets the count.
  const [counts, lasting] = [memoryRateLimiter(), memoryRateLimiter()];
  const seconds: number[] = [];
  for (let time = 0; time < 6; time += 1) {
    const requests = limits({ counts, lasting });
    const last = (await useUp(requests, 6)).at(-1);
    seconds.push(Math.round((last?.resetsInMs ?? 0) / 1_000));
    // A process that has not seen it finds the block in the count.
    const [found] = await useUp(limits({ counts, lasting }), 1);
    assert.ok(found && isOver(found) && found.resetsInMs > (seconds.at(-1) ?? 0) * 1_000 - 5_000);
    await counts.forget(`ip ${address}`);
  }
  assert.deepEqual(seconds, [60, 300, 900, 3_600, 3_600, 3_600]);
});

test('a hundred that come at once are blocked once', async () => {
  const blocks: number[] = [];
  const requests = limits({ onBlocked: (_address, { resetsInMs }) => void blocks.push(resetsInMs) });
  const states = await Promise.all(Array.from({ length: 100 }, () => requests.address('ip', address)));
  assert.equal(states.filter((state) => state && !isOver(state)).length, 5);
  assert.deepEqual(blocks, [60_000]);
});

test('files are ten times as many; wrong credentials shut the whole address out', async () => {
  const requests = limits();
  for (let time = 0; time < 50; time += 1) {
    assert.equal(isOver((await requests.address('files', address)) ?? fail()), false);
  }
  for (let time = 0; time < 6; time += 1) await requests.address('failed', address);
  assert.equal(requests.blocked(address, true)?.name, 'failed');
});

test('without a limit nothing is counted', async () => {
  const unasked = { driver: 'memory', add: () => fail() } as unknown as RateLimiter;
  const requests = limits({ counts: unasked, perMinute: { ip: 0, user: 0 } });
  assert.equal(await requests.address('ip', address), undefined);
  assert.deepEqual(await requests.principal(principal({})), []);
});

test('a user has one count for all sessions and keys, a key its own besides, a workspace that of its plan', async () => {
  const plans: Plans = { of: async () => ({ plan: { requestsPerMinute: 30 }, status: 'active' }) as never };
  const requests = limits({ plans });
  const [userId, tenantId] = [newId(), newId()];
  const key = principal({ userId, tenantId, kind: 'key', credentialId: 'k', requestsPerMinute: 3 });
  const session = principal({ userId, tenantId });
  const other = principal({ tenantId });
  const used = async (who: Principal) =>
    Object.fromEntries((await requests.principal(who)).map((state) => [state.name, state.used]));
  assert.deepEqual(await used(key), { user: 1, key: 1, plan: 1 });
  assert.deepEqual(await used(session), { user: 2, plan: 2 });
  assert.deepEqual(await used(other), { user: 1, plan: 3 });
  for (let time = 0; time < 2; time += 1) await used(key);
  const over = (await requests.principal(key)).filter(isOver);
  assert.deepEqual(
    over.map(({ name, allowed }) => [name, allowed]),
    [['key', 3]],
  );
  assert.equal((await requests.principal(session)).some(isOver), false, 'the session goes on');
});

test('when limits become stricter, what was allowed may be too much; when they are normal again, it counts no more', async () => {
  let factor = 1;
  const requests = limits({ modes: { allowed: (limit) => Math.floor(limit * factor) } });
  const who = principal({});
  for (let time = 0; time < 10; time += 1) assert.equal((await requests.principal(who)).some(isOver), false);
  factor = 0.25;
  assert.equal((await requests.principal(who)).some(isOver), true);
  factor = 1;
  requests.forgetSpent();
  assert.equal((await requests.principal(who)).some(isOver), false);
});

function principal(changes: Partial<Principal>): Principal {
  return {
    tenantId: newId(),
    userId: newId(),
    kind: 'user',
    credentialId: newId(),
    permissions: new Set(),
    ...changes,
  };
}

function fail(): never {
  throw new Error('must not be asked');
}
