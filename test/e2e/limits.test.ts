import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type StartedServer, startServerProgram } from '../support/program.ts';
import { freshDatabase, ownRedisServer } from '../support/servers.ts';
import { until } from '../support/until.ts';

// What several processes count together, what survives them, and what holds when the counts are away.

interface Engines {
  start(): Promise<StartedServer>;
}

async function engines(t: TestContext, more: Readonly<Record<string, string>> = {}): Promise<Engines> {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-limits-'));
  const running: StartedServer[] = [];
  t.after(async () => {
    await Promise.all(running.map((server) => server.stop('SIGKILL')));
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  });
  const env = { ESTEIRA_DATA_DIR: join(dir, 'data'), ESTEIRA_LOG_FILE: join(dir, 'log'), ...more };
  return {
    async start() {
      const server = await startServerProgram([], { cwd: dir, env });
      running.push(server);
      return server;
    },
  };
}

/** Two processes and more on PostgreSQL, with Redis or without; behind a proxy, so that there are several addresses. */
async function shared(t: TestContext, withRedis: boolean, more: Readonly<Record<string, string>> = {}) {
  const database = await freshDatabase();
  t.after(() => database.drop());
  const redis = withRedis ? await ownRedisServer() : undefined;
  const { start } = await engines(t, {
    ESTEIRA_ROLE: 'api',
    DATABASE_URL: database.url,
    ...(redis !== undefined && { REDIS_URL: redis.url }),
    ESTEIRA_TRUST_PROXY: 'loopback',
    ESTEIRA_RATE_LIMIT_IP_PER_MINUTE: '40',
    ...heavyLimit,
    ...more,
  });
  return { start, redis };
}

/** @returns how many of 120 requests of one address, to each of these in turn, were answered */
async function answered(servers: readonly StartedServer[], from: string): Promise<number> {
  const headers = { 'x-forwarded-for': from };
  const statuses = await Promise.all(
    Array.from({ length: 120 }, (_, at) =>
      status(`${servers[at % servers.length]?.address}/v1/jobs?limit=1`, { headers }),
    ),
  );
  assert.deepEqual([...new Set(statuses)].sort(), [200, 429]);
  return statuses.filter((each) => each === 200).length;
}

async function status(url: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init);
  await response.arrayBuffer();
  return response.status;
}

const heavyLimit = { ESTEIRA_RATE_LIMIT_HEAVY_JOBS_PER_MINUTE: '3' };

/** @returns what asks for a heavy job: each with a priority of its own, so that none is the same as another */
async function heavyJobs(server: StartedServer): Promise<(address: string) => Promise<number>> {
  const sound = silence();
  const upload = await fetch(`${server.address}/v1/assets`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: sound,
  });
  const { id } = (await upload.json()) as { id: string };
  assert.equal(upload.status, 201);
  const body = JSON.stringify({ processor: 'audio.stems', inputs: [id] });
  const headers = { 'content-type': 'application/json' };
  return (address) => status(`${address}/v1/jobs`, { method: 'POST', headers, body });
}

/** Two seconds of it as WAV. */
function silence(): Buffer<ArrayBuffer> {
  const rate = 8_000;
  const bytes = Buffer.alloc(44 + 2 * 2 * rate);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(bytes.length - 44, 40);
  return bytes;
}

for (const withRedis of [true, false]) {
  const name = withRedis ? 'Redis' : 'PostgreSQL';

  test(`two processes on ${name} allow exactly the limit together, and a restart forgets nothing`, async (t) => {
    const { start, redis } = await shared(t, withRedis);
    const [one, two] = await Promise.all([start(), start()]);
    const heavy = await heavyJobs(one);
    assert.deepEqual([await heavy(one.address), await heavy(two.address)], [202, 202]);
    await two.stop('SIGKILL');
    const three = await start();
    assert.deepEqual([await heavy(one.address), await heavy(three.address)], [202, 429]);

    const both = [one, three];
    assert.equal(await answered(both, '203.0.113.7'), 40);
    assert.equal(await answered(both, '203.0.113.8'), 40);
    const again = await fetch(`${three.address}/v1/jobs`, { headers: { 'x-forwarded-for': '203.0.113.7' } });
    assert.equal(((await again.json()) as { limit: string }).limit, 'ip');

    if (redis === undefined) return await holdToMode(one, three);
    await redis.stop('KILL');
    // Each for itself; reads and work go on.
    assert.deepEqual([await answered([one], '203.0.113.9'), await answered([three], '203.0.113.9')], [40, 40]);
    assert.equal(await heavy(one.address), 202);
    await redis.start();
    let address = 0;
    await until(async () => assert.equal(await answered(both, `198.51.100.${address++}`), 40));
  });
}

/** One is told to be strict, and the other is, too. */
async function holdToMode(one: StartedServer, two: StartedServer): Promise<void> {
  const put = (body: object) =>
    fetch(`${one.address}/v1/ops/limits`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.1' },
      body: JSON.stringify(body),
    });
  const end = new Date(Date.now() + 3_600_000).toISOString();
  const answer = await put({ mode: 'aggressive', until: end });
  assert.deepEqual([answer.status, await answer.json()], [200, { mode: 'aggressive', until: end }]);
  await until(async () => {
    const response = await fetch(`${two.address}/v1/ops/limits`, { headers: { 'x-forwarded-for': '192.0.2.2' } });
    assert.deepEqual(await response.json(), { mode: 'aggressive', until: end });
  }, 2_000);
  assert.equal(await answered([one, two], '203.0.113.10'), 10);
  for (const wrong of [{ mode: 'angry' }, { mode: 'aggressive', until: '2020-01-01T00:00:00Z' }, { x: 1 }]) {
    assert.equal((await put(wrong)).status, 400, JSON.stringify(wrong));
  }
  assert.deepEqual(await (await put({ mode: 'normal' })).json(), { mode: 'normal', until: null });
}

test('the embedded database remembers heavy jobs and blocks through a crash', async (t) => {
  const { start } = await engines(t, {
    ESTEIRA_RATE_LIMIT_IP_PER_MINUTE: '10',
    ESTEIRA_TRUST_PROXY: 'loopback',
    ...heavyLimit,
  });
  const one = await start();
  const heavy = await heavyJobs(one);
  assert.deepEqual([await heavy(one.address), await heavy(one.address)], [202, 202]);
  assert.equal(await answered([one], '203.0.113.7'), 10);
  await one.stop('SIGKILL');
  const two = await start();
  assert.deepEqual([await heavy(two.address), await heavy(two.address)], [202, 429]);
  assert.equal(await status(`${two.address}/v1/jobs`, { headers: { 'x-forwarded-for': '203.0.113.7' } }), 429);
});

const email = 'ana@example.org';
const password = 'forty-two-wet-horses-under-glass';

/** Tries to sign in, from somewhere. */
async function signIn({ address }: StartedServer, from: string, given: string): Promise<Response> {
  return await fetch(`${address}/v1/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: address, 'x-forwarded-for': from },
    body: JSON.stringify({ email, password: given }),
  });
}

test('a user is counted by all processes, whichever key they use; tries to sign in are, too, and need Redis', async (t) => {
  const { start, redis } = await shared(t, true, {
    ESTEIRA_AUTH: 'accounts',
    ESTEIRA_ADMIN_EMAIL: email,
    ESTEIRA_ADMIN_PASSWORD: password,
    ESTEIRA_RATE_LIMIT_USER_PER_MINUTE: '60',
  });
  const [one, two] = await Promise.all([start(), start()]);
  const signedIn = await signIn(one, '203.0.113.1', password);
  assert.equal(signedIn.status, 200);
  const cookie = signedIn.headers.getSetCookie().map((each) => each.split(';', 1)[0]);
  const keys: string[] = [];
  for (const requestsPerMinute of [undefined, 20]) {
    const answer = await fetch(`${one.address}/v1/api-keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: one.address, cookie: cookie.join('; ') },
      body: JSON.stringify({ name: 'key', scopes: ['jobs:read'], ...(requestsPerMinute && { requestsPerMinute }) }),
    });
    assert.equal(answer.status, 201);
    keys.push(((await answer.json()) as { key: string }).key);
  }
  const [wide = '', narrow = ''] = keys;
  const ask = (key: string, times: number) =>
    Promise.all(
      Array.from({ length: times }, (_, at) =>
        status(`${[one, two][at % 2]?.address}/v1/jobs`, { headers: { 'x-api-key': key } }),
      ),
    );
  const good = (statuses: readonly number[]) => statuses.filter((each) => each === 200).length;
  // Two requests made the keys.
  assert.equal(good(await ask(narrow, 30)), 20);
  assert.equal(good(await ask(wide, 80)), 60 - 2 - 30);

  const tries = [];
  for (let time = 0; time < 20; time += 1) {
    tries.push((await signIn(time % 2 === 0 ? one : two, '203.0.113.2', `wrong password ${time}`)).status);
  }
  assert.deepEqual(
    tries,
    Array.from({ length: 20 }, (_, time) => (time < 10 ? 401 : 429)),
  );
  assert.equal((await signIn(one, '203.0.113.2', password)).status, 429);
  const elsewhere = await signIn(one, '203.0.113.3', password);
  assert.equal(elsewhere.status, 200, 'their owner, elsewhere');

  await redis?.stop('KILL');
  const refused = await signIn(two, '203.0.113.4', password);
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '2']);
  assert.equal(((await refused.json()) as { code: string }).code, 'LIMITS_UNAVAILABLE');
  const path = `${two.address}/v1/auth/me`;
  assert.equal(await status(path, { headers: { 'x-forwarded-for': '203.0.113.5' } }), 200, 'all else goes on');
});
