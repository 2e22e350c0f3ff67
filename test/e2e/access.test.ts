import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { accountsEnv } from '../support/accounts-env.ts';
import { apiUnderTest } from '../support/api-under-test.ts';
import { readEvents } from '../support/event-reader.ts';
import type { Fleet } from '../support/fleet.ts';
import { type Answer, goodPassword, setupTokenIn, someone } from '../support/person.ts';
import { until } from '../support/until.ts';

// Who may what, on the real program and all its processes: keys, roles, tokens of others, and what is taken back.

const provider = generateKeyPairSync('ed25519');
const issuer = 'https://id.example.com/';
const workspace = '00000000-0000-7000-8000-000000000001';

let server: Fleet;
const owner = someone(() => server.address);

before(async () => {
  server = await apiUnderTest({
    env: {
      ...accountsEnv,
      ESTEIRA_JWT_ISSUER: issuer,
      ESTEIRA_JWT_AUDIENCE: 'esteira',
      ESTEIRA_JWT_PUBLIC_KEY: provider.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      ESTEIRA_JWT_TENANT: workspace,
      ESTEIRA_JWT_ROLE: 'editor',
    },
    workers: 1,
  });
  const token = await until(async () => setupTokenIn(await server.log()));
  const administrator = { email: 'ana@example.com', password: goodPassword, name: 'Ana', workspace: 'Loja', token };
  assert.equal((await owner.post('/v1/auth/setup', administrator)).status, 200);
});
after(() => server[Symbol.asyncDispose]());

/** The same request to each process. */
async function everywhere(path: string, headers: Readonly<Record<string, string>>): Promise<number[]> {
  const answers = await Promise.all(server.apis.map(({ address }) => fetch(`${address}${path}`, { headers })));
  return answers.map(({ status }) => status);
}

const all = (status: number): number[] => server.apis.map(() => status);

async function makeKey(scopes: readonly string[], more: object = {}): Promise<{ id: string; key: string }> {
  const made = await owner.post('/v1/api-keys', { name: 'CI', scopes, ...more });
  assert.equal(made.status, 201, made.text);
  return made.json;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function asKey(key: string, method: string, path: string, body?: object): Promise<Answer> {
  return await someone(() => server.address).send(method, path, body, bearer(key));
}

async function join(email: string, role: string) {
  const invited = await owner.post('/v1/invitations', { email, role });
  assert.equal(invited.status, 201, invited.text);
  const person = someone(() => server.address);
  const invitationToken = invited.json.url.split('#')[1];
  const joined = await person.post('/v1/auth/sign-up/email', {
    email,
    password: goodPassword,
    name: email,
    invitationToken,
  });
  assert.equal(joined.status, 200, joined.text);
  const { json } = await person.get('/v1/auth/me');
  return { person, id: json.user.id as string };
}

/** How long it takes until all processes answer so. A second is promised; a machine that is busy may be slower to ask. */
async function soon(asked: () => Promise<number[]>, wanted: number): Promise<void> {
  await until(async () => assert.deepEqual(await asked(), all(wanted)), 5_000);
}

describe('keys', () => {
  test('open what their scopes say, in every process, by either header; and nothing in a query', async () => {
    const { key } = await makeKey(['jobs:read']);
    assert.deepEqual(await everywhere('/v1/jobs', bearer(key)), all(200));
    assert.deepEqual(await everywhere('/v1/jobs', { 'x-api-key': key }), all(200));
    assert.deepEqual(await everywhere('/v1.0/account', { 'x-api-key': key }), all(200));
    assert.deepEqual(await everywhere('/v1/members', bearer(key)), all(403));
    assert.deepEqual(await everywhere(`/v1/jobs?api_key=${key}`, {}), all(401));
    assert.deepEqual(await everywhere('/v1/jobs', { ...bearer(key), 'x-api-key': 'esteira_x' }), all(400));
  });

  test('are revoked everywhere, and so are streams of events that they opened', async () => {
    const { id, key } = await makeKey(['jobs:read']);
    assert.deepEqual(await everywhere('/v1/jobs', bearer(key)), all(200));
    const streams = await Promise.all(
      server.apis.map(({ address }) => readEvents(`${address}/v1/events`, bearer(key))),
    );
    assert.deepEqual(
      streams.map(({ status }) => status),
      all(200),
    );
    for (const stream of streams) await stream.next(({ event }) => event === 'ready');
    assert.equal((await owner.send('DELETE', `/v1/api-keys/${id}`)).status, 204);
    await soon(() => everywhere('/v1/jobs', bearer(key)), 401);
    const ended = await Promise.race([Promise.all(streams.map((stream) => stream.ended)), delay(10_000, 'still open')]);
    assert.deepEqual(
      ended,
      server.apis.map(() => true),
    );
  });

  test('are rotated with an overlap; when they were used is known', async () => {
    const { id, key } = await makeKey(['jobs:read']);
    const rotated = await owner.post(`/v1/api-keys/${id}/rotate`, { overlapSeconds: 60 });
    assert.equal(rotated.status, 200, rotated.text);
    for (const either of [key, rotated.json.key]) await soon(() => everywhere('/v1/jobs', bearer(either)), 200);
    assert.equal((await owner.post(`/v1/api-keys/${id}/rotate`, { overlapSeconds: 0 })).status, 200);
    await soon(() => everywhere('/v1/jobs', bearer(rotated.json.key)), 401);
    const { json } = await owner.get('/v1/api-keys');
    const listed = json.items.find((item: { id: string }) => item.id === id);
    assert.deepEqual([listed.name, listed.scopes, listed.createdBy.name], ['CI', ['jobs:read'], 'Ana']);
    assert.ok(!JSON.stringify(json).includes(key.slice(30)));
  });

  test('cannot change themselves or make others that may more', async () => {
    const { id, key } = await makeKey(['jobs:read', 'keys:write']);
    const refused = [
      await asKey(key, 'PATCH', `/v1/api-keys/${id}`, { scopes: ['jobs:read', 'jobs:write'] }),
      await asKey(key, 'POST', '/v1/api-keys', { name: 'wider', scopes: ['jobs:read', 'members:write'] }),
      await asKey(key, 'POST', '/v1/api-keys', { name: 'server', scopes: ['instance:write'] }),
      await asKey(key, 'POST', `/v1/invitations/open/${'x'.repeat(43)}/accept`),
    ];
    assert.deepEqual(
      refused.map(({ status, json }) => [status, json.code]),
      refused.map(() => [403, 'FORBIDDEN']),
    );
    const made = await asKey(key, 'POST', '/v1/api-keys', { name: 'narrower', scopes: ['jobs:read'] });
    assert.equal(made.status, 201, made.text);
  });
});

describe('members', () => {
  test('who is removed is out at once, with their keys and sessions; who gets another role may what it says', async () => {
    const { person, id } = await join('bia@example.com', 'editor');
    const made = await person.post('/v1/api-keys', { name: 'hers', scopes: ['jobs:read', 'jobs:write'] });
    assert.equal(made.status, 201, made.text);
    const key = made.json.key as string;
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    assert.deepEqual(await everywhere('/v1/jobs', bearer(key)), all(200));
    assert.deepEqual(await everywhere('/v1/api-keys', { cookie }), all(200));
    assert.equal((await owner.send('PATCH', `/v1/members/${id}`, { role: 'viewer' })).status, 204);
    await soon(() => everywhere('/v1/api-keys', { cookie }), 403);
    assert.equal((await asKey(key, 'POST', '/v1/jobs', {})).status, 403);
    assert.equal((await person.send('PATCH', `/v1/members/${id}`, { role: 'owner' })).status, 403);
    assert.equal((await owner.send('DELETE', `/v1/members/${id}`)).status, 204);
    await soon(() => everywhere('/v1/jobs', bearer(key)), 401);
    await soon(() => everywhere('/v1/jobs', { cookie }), 403);
    assert.deepEqual((await person.get('/v1/auth/me')).json.tenants, []);
  });

  test('a role of the workspace’s own holds from the moment that it changes', async () => {
    const created = await owner.post('/v1/roles', { name: 'uploader', permissions: ['assets:read', 'assets:write'] });
    assert.equal(created.status, 201, created.text);
    const { person } = await join('caio@example.com', 'uploader');
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    assert.deepEqual(await everywhere('/v1/assets', { cookie }), all(200));
    assert.deepEqual(await everywhere('/v1/jobs', { cookie }), all(403));
    assert.equal((await owner.send('PUT', '/v1/roles/uploader', { permissions: ['jobs:read'] })).status, 200);
    await soon(() => everywhere('/v1/jobs', { cookie }), 200);
    await soon(() => everywhere('/v1/assets', { cookie }), 403);
    assert.equal((await owner.send('DELETE', '/v1/roles/uploader')).json.code, 'ROLE_IN_USE');
    assert.equal((await owner.send('DELETE', '/v1/roles/uploader?replaceWith=viewer')).status, 204);
    await soon(() => everywhere('/v1/assets', { cookie }), 200);
    assert.equal((await person.send('DELETE', '/v1/members/me')).status, 204);
    assert.equal((await owner.send('DELETE', '/v1/members/me')).json.code, 'LAST_OWNER');
  });
});

test('a cookie alone changes nothing: a page of this server must have sent it', async () => {
  const cookie = [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const send = async (headers: Record<string, string>) => {
    const init = {
      method: 'PATCH',
      body: '{"name":"Loja"}',
      headers: { cookie, 'content-type': 'application/json', ...headers },
    };
    const answer = await fetch(`${server.address}/v1/tenants/current`, init);
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  assert.deepEqual(await send({}), [403, 'ORIGIN_NOT_ALLOWED']);
  assert.deepEqual(await send({ 'sec-fetch-site': 'cross-site' }), [403, 'ORIGIN_NOT_ALLOWED']);
  assert.deepEqual(await send({ 'sec-fetch-site': 'none' }), [403, 'ORIGIN_NOT_ALLOWED']);
  assert.deepEqual(await send({ origin: 'https://evil.example' }), [403, 'ORIGIN_NOT_ALLOWED']);
  assert.deepEqual(await send({ 'sec-fetch-site': 'same-origin' }), [200, undefined]);
});

test('somebody for whom an outside identity provider speaks is a member like others', async () => {
  const sign = (sub: string) =>
    new SignJWT({ email: `${sub}@example.com`, name: sub })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(issuer)
      .setAudience('esteira')
      .setSubject(sub)
      .setExpirationTime('5 minutes')
      .sign(provider.privateKey);
  const headers = bearer(await sign('davi'));
  assert.deepEqual(await everywhere('/v1/jobs', headers), all(200));
  assert.deepEqual(await everywhere('/v1/audit', headers), all(403));
  // Once, however many processes saw them first.
  const { json } = await owner.get('/v1/members');
  const found = json.items.filter((member: { email: string }) => member.email === 'davi@example.com');
  assert.deepEqual(
    found.map(({ role, name }: { role: string; name: string }) => [role, name]),
    [['editor', 'davi']],
  );
  assert.equal((await owner.send('DELETE', `/v1/members/${found[0].userId}`)).status, 204);
  await soon(() => everywhere('/v1/jobs', headers), 401);
  assert.deepEqual(await everywhere('/v1/jobs', bearer(await sign('davi'))), all(401));
  assert.deepEqual(await everywhere('/v1/jobs', bearer('eyJhbGciOiJub25lIn0.eyJzdWIiOiJkYXZpIn0.')), all(401));
});

test('all of it is on record, and no secret is in the log', async () => {
  const { json } = await owner.get('/v1/audit?limit=100');
  const actions = new Set(json.items.map(({ action }: { action: string }) => action));
  for (const action of [
    'member.invited',
    'member.joined',
    'member.role-changed',
    'member.removed',
    'role.created',
    'role.changed',
    'role.removed',
    'key.created',
    'key.rotated',
    'key.revoked',
    'tenant.changed',
  ]) {
    assert.ok(actions.has(action), action);
  }
  assert.doesNotMatch((await server.log()).join('\n'), /esteira_[0-9A-Za-z]{16}_|invitations\/open\/[^:]/);
});
