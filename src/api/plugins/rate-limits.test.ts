import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Access } from '#accounts/access.ts';
import { permissions } from '#accounts/permissions.ts';
import type { Principal } from '#accounts/principal.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { memoryRateLimiter } from '#limits/drivers/memory/memory-rate-limiter.ts';
import { createRequestLimits } from '#limits/request-limits.ts';
import { createApp } from '../app.ts';
import { createWorld, type World } from '../stand-ins.ts';

const perMinute = { ip: 5, user: 8 };

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly problem: Record<string, unknown>;
}

interface Server {
  readonly world: World;
  /** How often it was looked who somebody is. */
  readonly asked: { count: number };
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Answer>;
}

const user: Principal = {
  tenantId: localTenantId,
  userId: localUserId,
  kind: 'user',
  credentialId: 'session',
  permissions: new Set(permissions),
};

/** Behind a proxy that it trusts; who sends `Bearer good` is somebody. */
async function start(signsIn = true): Promise<Server> {
  const world = createWorld({ signsIn, trustProxy: ['loopback'] });
  const counts = memoryRateLimiter();
  const requests = createRequestLimits({
    counts,
    lasting: memoryRateLimiter(),
    modes: { allowed: (limit) => limit },
    plans: undefined,
    metrics: { refused: () => {} },
    perMinute,
  });
  const asked = { count: 0 };
  const access: Access = {
    async authenticate({ headers }) {
      asked.count += 1;
      if (headers.authorization === undefined) return undefined;
      if (headers.authorization === 'Bearer good') return user;
      throw new AppError('UNAUTHENTICATED', 'That key is none.');
    },
  };
  const { deps } = world;
  const app = await createApp({
    ...deps,
    ...(signsIn && { access }),
    limits: { ...deps.limits, requests },
  });
  after(() => app.close());
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    world,
    asked,
    async get(path, headers = {}, method = 'GET') {
      const response = await fetch(`${address}${path}`, { headers, method });
      const text = await response.text();
      const isProblem = response.headers.get('content-type')?.includes('problem') === true;
      return { status: response.status, headers: response.headers, problem: isProblem ? JSON.parse(text) : {} };
    },
  };
}

const from = (address: string, more: Readonly<Record<string, string>> = {}) => ({
  'x-forwarded-for': address,
  ...more,
});
const good = { authorization: 'Bearer good' };

test('who is not signed in is told what is left, then that it was too much, and others go on', async () => {
  const { get, asked } = await start();
  const first = await get('/v1/jobs', from('203.0.113.7'));
  assert.equal(first.status, 401);
  assert.equal(first.headers.get('ratelimit-policy'), '"ip";q=5;w=60');
  assert.equal(first.headers.get('ratelimit'), '"ip";r=4;t=60');
  for (let time = 0; time < 4; time += 1) await get('/v1/jobs', from('203.0.113.7'));
  const before = asked.count;
  // The first is refused by the app, what follows before it; the answer is the same.
  for (const method of ['GET', 'GET', 'GET', 'POST']) {
    const { status, headers, problem } = await get('/v1/jobs', from('203.0.113.7'), method);
    assert.equal(status, 429);
    assert.equal(headers.get('content-type'), 'application/problem+json');
    assert.match(headers.get('ratelimit') ?? '', /^"ip";r=0;t=(59|60)$/);
    const retryAfter = Number(headers.get('retry-after'));
    assert.ok(retryAfter > 50 && retryAfter <= 60);
    const { code, limit, allowed, used, resetsAt } = problem;
    assert.deepEqual({ code, limit, allowed, used }, { code: 'RATE_LIMITED', limit: 'ip', allowed: 5, used: 5 });
    assert.ok(Date.parse(String(resetsAt)) > Date.now() + 50_000);
  }
  assert.equal(asked.count, before, 'nobody looked who that was');
  assert.equal((await get('/v1/jobs', from('203.0.113.8'))).status, 401);
  assert.equal((await get('/livez', from('203.0.113.7'))).status, 200, 'probes are answered');
  const mine = await get('/v1/jobs', from('203.0.113.7', good));
  assert.equal(mine.status, 200, 'who is signed in is another matter');
  assert.equal(mine.headers.get('ratelimit-policy'), '"user";q=8;w=60');
});

test('who is signed in is counted as that user, wherever they are', async () => {
  const { get } = await start();
  for (let time = 0; time < 8; time += 1) {
    assert.equal((await get('/v1/jobs', from(`203.0.113.${time}`, good))).status, 200);
  }
  const { status, problem, headers } = await get('/v1/jobs', from('198.51.100.1', good));
  assert.deepEqual([status, problem['limit']], [429, 'user']);
  assert.ok(Number(headers.get('retry-after')) > 50);
});

test('wrong credentials are counted by address, and shut it out then', async () => {
  const { get, asked } = await start();
  const wrong = () => get('/v1/jobs', from('203.0.113.7', { authorization: `Bearer ${newId()}` }));
  for (let time = 0; time < 5; time += 1) assert.equal((await wrong()).status, 401);
  assert.equal((await wrong()).status, 429);
  const before = asked.count;
  const { status, problem } = await wrong();
  assert.deepEqual([status, problem['limit']], [429, 'failed']);
  assert.equal((await get('/v1/jobs', from('203.0.113.7', good))).status, 429);
  assert.equal(asked.count, before);
});

test('addresses of one IPv6 network are one; a forged one counts only where a proxy is trusted', async () => {
  const { get } = await start();
  for (let time = 0; time < 5; time += 1) await get('/v1/jobs', from(`2001:db8::${time + 1}`));
  assert.equal((await get('/v1/jobs', from('2001:db8::ffff'))).status, 429);
  assert.equal((await get('/v1/jobs', from('2001:db8:0:1::1'))).status, 401);
  // What the client itself wrote stands in front of what the proxy added.
  for (let time = 0; time < 5; time += 1) await get('/v1/jobs', from(`192.0.2.${time}, 198.51.100.9`));
  assert.equal((await get('/v1/jobs', from('192.0.2.77, 198.51.100.9'))).status, 429);
  assert.equal((await get('/v1/jobs', from('192.0.2.77'))).status, 401);
});

test('a page and its files are another matter than the API; addresses that do not exist are not', async () => {
  const { get } = await start();
  for (let time = 0; time < 50; time += 1) {
    assert.notEqual((await get('/docs/', from('203.0.113.7'))).status, 429);
  }
  assert.equal((await get('/docs/', from('203.0.113.7'))).status, 429);
  for (let time = 0; time < 5; time += 1) {
    assert.equal((await get(`/nothing/${time}`, from('203.0.113.8'))).status, 404);
  }
  assert.equal((await get('/nothing', from('203.0.113.8'))).status, 429);
});

test('where nobody signs in, credentials are no way around', async () => {
  const { get } = await start(false);
  for (let time = 0; time < 5; time += 1) assert.equal((await get('/v1/jobs', from('203.0.113.7', good))).status, 200);
  for (let time = 0; time < 3; time += 1) assert.equal((await get('/v1/jobs', from('203.0.113.7', good))).status, 429);
});

test('what is refused at the door is neither logged nor read', async () => {
  const { get, world } = await start();
  for (let time = 0; time < 7; time += 1) await get('/v1/jobs', from('203.0.113.7'));
  const before = world.log.length;
  for (let time = 0; time < 20; time += 1) await get('/v1/jobs', from('203.0.113.7'));
  assert.equal(world.log.length, before);
});
