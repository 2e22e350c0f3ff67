import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { accountsEnv, invite, join, makeKey, type Person, password, setUp } from './support/accounts.ts';
import { type Answer, type Client, openClient } from './support/client.ts';
import { assertRefused, hostileTests } from './support/hostile-tests.ts';
import { newPicture } from './support/ordinary-work.ts';
import { tokenRows } from './support/token-rows.ts';
import { jwks, provider } from './support/tokens.ts';

// Two workspaces on one server, and those who would like to be in the other one, to be more than they are, or somebody else.

let anybody: Client;
/** Owns Alpha and runs the server. */
let ana: Person;
let viewer: Person;
/** Owns Beta. */
let bia: Person;
let alphaId: string;
/** What was answered before there was an administrator. */
const early: { withoutToken: Answer[]; me: Answer | undefined } = { withoutToken: [], me: undefined };

const tests = hostileTests('access', {
  env: {
    ...accountsEnv,
    ESTEIRA_JWT_ISSUER: provider.issuer,
    ESTEIRA_JWT_AUDIENCE: provider.audience,
    ESTEIRA_JWT_JWKS_URL: provider.jwksUrl,
    ESTEIRA_JWT_TENANT_CLAIM: 'workspace',
  },
  async prepare(server, client) {
    anybody = openClient(server);
    await server.publish('/jwks.json', jwks);
    const account = { email: 'eve@evil.example', password, name: 'Eve', workspace: 'Mine' };
    for (const token of [undefined, '', 'A'.repeat(32), '../token']) {
      early.withoutToken.push(
        await client.sendJson('/v1/auth/setup', { ...account, ...(token !== undefined && { token }) }),
      );
    }
    early.me = await client.ask('/v1/auth/me');
    ana = await setUp(server, client);
    alphaId = (await ana.ask('/v1/tenants/current')).json().id;
    viewer = await join(server, client, 'vi@alpha.example', await invite(ana, 'vi@alpha.example', 'viewer'));
    const beta = await ana.sendJson('/v1/tenants', { name: 'Beta', ownerEmail: 'bia@beta.example' });
    assert.equal(beta.status, 201, String(beta.bytes));
    bia = await join(server, client, 'bia@beta.example', beta.json().invitation.url);
    return ana.headers;
  },
});

const work = { processor: 'image.resize', params: { widthPx: 16 } };

/** An upload and a finished job. */
async function makeWork(by: Client): Promise<{ assetId: string; jobId: string }> {
  const assetId = (await by.sendFile('/v1/assets', await newPicture(), 'photo.png')).json().id;
  const job = await by.sendJson('/v1/jobs', { ...work, inputs: [assetId] }, { prefer: 'wait=30' });
  assert.equal(job.json().status, 'succeeded', String(job.bytes));
  return { assetId, jobId: job.json().id };
}

tests.row(
  79,
  'the job, upload and result of another workspace: refused with 404, and no event tells of them',
  async () => {
    const { assetId, jobId } = await makeWork(ana);
    const paths: [method: string, path: string, code: string][] = [
      ['GET', `/v1/jobs/${jobId}`, 'JOB_NOT_FOUND'],
      ['DELETE', `/v1/jobs/${jobId}`, 'JOB_NOT_FOUND'],
      ['POST', `/v1/jobs/${jobId}/cancel`, 'JOB_NOT_FOUND'],
      ['POST', `/v1/jobs/${jobId}/retry`, 'JOB_NOT_FOUND'],
      ['GET', `/v1/jobs/${jobId}/outputs/0`, 'JOB_NOT_FOUND'],
      ['GET', `/v1/events?job=${jobId}`, 'JOB_NOT_FOUND'],
      ['GET', `/v1/assets/${assetId}`, 'ASSET_NOT_FOUND'],
      ['GET', `/v1/assets/${assetId}/content`, 'ASSET_NOT_FOUND'],
      ['DELETE', `/v1/assets/${assetId}`, 'ASSET_NOT_FOUND'],
    ];
    for (const [method, path, code] of paths) {
      assertRefused(await bia.ask(path, { method }), 404, code, tests, `${method} ${path}`);
    }
    for (const [path, body] of [
      ['/v1/jobs', { ...work, inputs: [assetId] }],
      ['/v1/shares', { jobId, outputIndex: 0 }],
      [`/v1/jobs/${jobId}/outputs/0/link`, {}],
      ['/v1/images/signed-urls', { assetId, widthPx: 9 }],
    ] as const) {
      assertRefused(await bia.sendJson(path, body), 404, ['ASSET_NOT_FOUND', 'JOB_NOT_FOUND'], tests, path);
    }
    // An upload that is not finished, and the same by another method than the one in the request line.
    const tus = { 'tus-resumable': '1.0.0' };
    const begun = await ana.ask('/v1/uploads', { method: 'POST', headers: { ...tus, 'upload-length': '100' } });
    const path = String(begun.headers['location']);
    const piece = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    for (const [method, more] of [
      ['PATCH', {}],
      ['DELETE', {}],
      ['POST', { 'x-http-method-override': 'PATCH' }],
      ['POST', { 'x-http-method-override': 'DELETE' }],
    ] as const) {
      const answer = await bia.ask(path, {
        method,
        headers: { ...piece, ...more },
        ...(method !== 'DELETE' && { body: 'x' }),
      });
      assertRefused(answer, 404, 'UPLOAD_NOT_FOUND', tests, `${method} ${JSON.stringify(more)}`);
    }
    // A stream of events: what happens in Alpha is not in it, what happens in Beta is.
    const socket = connect(tests.server.socketPath);
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    socket.write(`GET /v1/events HTTP/1.1\r\nHost: ${tests.server.host}\r\nCookie: ${bia.headers['cookie']}\r\n\r\n`);
    await once(socket, 'data');
    const [own, other] = [await makeWork(bia), await makeWork(ana)];
    for (let tries = 0; tries < 100 && !heard.includes(own.jobId); tries += 1) await delay(50);
    socket.destroy();
    assert.ok(heard.includes(own.jobId), heard.slice(0, 500));
    assert.ok(!heard.includes(other.jobId), 'Beta heard of a job of Alpha');
    // It is all still there.
    assert.equal((await ana.ask(`/v1/jobs/${jobId}/outputs/0`)).status, 200);
  },
);

tests.row(80, 'a filter of % in lists: nothing of others', async () => {
  const { assetId, jobId } = await makeWork(ana);
  const lists = [
    '/v1/jobs?processor=%25',
    '/v1/jobs?batch=%25',
    '/v1/jobs?processor=image.%25',
    '/v1/assets?limit=100',
    '/v1/batches?limit=100',
    '/v1/shares?jobId=%25',
    `/v1/shares?jobId=${jobId}`,
    '/v1/audit?action=%25',
    '/v1/audit?by=%25',
    '/v1/templates?name=%25',
    '/v1/jobs?limit=100',
  ];
  for (const path of lists) {
    const answer = await bia.ask(path);
    assert.ok(answer.status === 200 || answer.status === 400, `${path} ${answer.status}`);
    for (const id of [assetId, jobId, ana.email]) assert.ok(!answer.bytes.includes(id), `${path} shows ${id}`);
    if (path.includes('%25') && answer.status === 200) assert.deepEqual(answer.json().items, [], path);
  }
});

tests.row(81, 'a key that gives itself more scopes: refused with 403 FORBIDDEN', async () => {
  const { id, key } = await makeKey(ana, ['jobs:read', 'keys:write']);
  const byKey = openClient(tests.server, { authorization: `Bearer ${key}` });
  for (const scopes of [
    ['jobs:read', 'keys:write', 'members:write'],
    ['instance:write'],
    ['jobs:write'],
    ['jobs:read'],
  ]) {
    const answer = await byKey.ask(`/v1/api-keys/${id}`, patchOf({ scopes }));
    assertRefused(answer, 403, 'FORBIDDEN', tests, scopes.join());
  }
  assertRefused(await byKey.ask(`/v1/api-keys/${id}`, patchOf({ expiresAt: null })), 403, 'FORBIDDEN', tests, 'expiry');
  assert.equal((await byKey.ask('/v1/members')).status, 403);
  assert.equal((await byKey.ask('/v1/jobs')).status, 200);
});

function patchOf(body: object) {
  return { method: 'PATCH', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

tests.row(82, 'a key that makes a wider key: refused with 403 FORBIDDEN', async () => {
  const { key } = await makeKey(ana, ['jobs:read', 'keys:write'], { requestsPerMinute: 1_000, expiresAt: inAnHour() });
  const byKey = openClient(tests.server, { 'x-api-key': key });
  const wider = [
    { scopes: ['jobs:write'] },
    { scopes: ['jobs:read', 'members:write'] },
    { scopes: ['instance:write'] },
  ];
  for (const one of wider) {
    assertRefused(
      await byKey.sendJson('/v1/api-keys', { name: 'x', ...one }),
      403,
      'FORBIDDEN',
      tests,
      JSON.stringify(one),
    );
  }
  // Nor does a child have more time or more requests.
  const longer = await byKey.sendJson('/v1/api-keys', {
    name: 'x',
    scopes: ['jobs:read'],
    expiresAt: '2099-01-01T00:00:00.000Z',
  });
  if (longer.status < 300)
    assert.ok(Date.parse(longer.json().expiresAt) < Date.now() + 2 * 3_600_000, String(longer.bytes));
  else assert.equal(longer.status, 403);
  // A viewer cannot either, and nobody gives what they do not have.
  assertRefused(await viewer.sendJson('/v1/api-keys', { name: 'x', scopes: ['jobs:read'] }), 403, 'FORBIDDEN', tests);
  assertRefused(
    await bia.sendJson('/v1/api-keys', { name: 'x', scopes: ['instance:read'] }),
    [400, 403],
    ['FORBIDDEN', 'INVALID_PARAMETERS'],
    tests,
  );
});

function inAnHour(): string {
  return new Date(Date.now() + 3_600_000).toISOString();
}

tests.row(83, 'a key that was revoked: refused with 401 UNAUTHENTICATED within a second', async () => {
  const { id, key } = await makeKey(ana, ['jobs:read']);
  const byKey = openClient(tests.server, { authorization: `Bearer ${key}` });
  assert.equal((await byKey.ask('/v1/jobs')).status, 200);
  assert.equal((await ana.ask(`/v1/api-keys/${id}`, { method: 'DELETE' })).status, 204);
  await delay(1_000);
  assertRefused(await byKey.ask('/v1/jobs'), 401, 'UNAUTHENTICATED', tests);
});

tokenRows(tests, () => ({ anybody, ana, alphaId }));

async function makeShare(): Promise<{ id: string; path: string }> {
  const { jobId } = await makeWork(ana);
  const share = await ana.sendJson('/v1/shares', { jobId, outputIndex: 0, name: 'result.png' });
  assert.equal(share.status, 201, String(share.bytes));
  return { id: share.json().id, path: new URL(share.json().url).pathname };
}

tests.row(
  88,
  'a password for a share in the query, where logs keep it: refused with 400 INVALID_PARAMETERS',
  async () => {
    const { path } = await makeShare();
    for (const query of ['password=x', 'token=x', 'key=x', 'slug=x']) {
      assertRefused(await anybody.ask(`${path}?${query}`), 400, 'INVALID_PARAMETERS', tests, query);
    }
    assert.equal((await anybody.ask(path)).status, 200);
  },
);

tests.row(89, 'a share that was taken back: refused with 404 SHARE_NOT_FOUND', async () => {
  const { id, path } = await makeShare();
  assert.equal((await anybody.ask(path)).status, 200);
  assert.equal((await bia.ask(`/v1/shares/${id}`, { method: 'DELETE' })).status, 404);
  assert.equal((await ana.ask(`/v1/shares/${id}`, { method: 'DELETE' })).status, 204);
  assertRefused(await anybody.ask(path), 404, 'SHARE_NOT_FOUND', tests);
});

tests.row(90, 'what a share shows to strangers has no e-mail address, nor who or where its owner is', async () => {
  const { path } = await makeShare();
  const me = (await ana.ask('/v1/auth/me')).json();
  for (const method of ['GET', 'HEAD']) {
    const shown = await anybody.ask(path, { method });
    assert.equal(shown.status, 200);
    const all = `${JSON.stringify(shown.headers)}${shown.bytes.toString('latin1')}`;
    for (const secret of [ana.email, '@alpha.example', me.user.id, alphaId]) assert.ok(!all.includes(secret), secret);
  }
});

tests.row(91, 'a signed address led elsewhere: refused with 403 INVALID_SIGNATURE', async () => {
  const [one, other] = [await makeWork(ana), await makeWork(ana)];
  const { path } = (await ana.sendJson('/v1/images/signed-urls', { assetId: one.assetId, widthPx: 16 })).json();
  assert.equal((await anybody.ask(path)).status, 200);
  const [, , signature = '', options = '', assetId = ''] = path.split('/');
  const led = [
    `/i/${signature}/${options}/${other.assetId}`,
    `/i/${signature}/w:17/${assetId}`,
    `/i/${signature}/${options},h:9/${assetId}`,
    `/i/${signature}/${options}/${assetId.toUpperCase()}`,
    `/i/${signature.toLowerCase()}/${options}/${assetId}`,
    path.replace('w:16', 'w%3A16'),
  ];
  for (const wrong of led) assertRefused(await anybody.ask(wrong), 403, 'INVALID_SIGNATURE', tests, wrong);
  const { url } = (await ana.sendJson(`/v1/jobs/${one.jobId}/outputs/0/link`, {})).json();
  const link = new URL(url, 'http://any').pathname;
  assert.equal((await anybody.ask(link)).status, 200, link);
  const expires = link.split('/')[3] ?? '';
  for (const wrong of [
    link.replace(one.jobId, other.jobId),
    link.replace(`/${expires}/`, `/${Number(expires) + 9_999}/`),
    link.replace('/0/', '/1/'),
  ]) {
    assertRefused(await anybody.ask(wrong), 403, 'INVALID_SIGNATURE', tests, wrong);
  }
});

tests.row(92, 'a sign-in elsewhere that comes back without its state: refused with 400', async () => {
  for (const query of ['code=x', 'code=x&state=', 'state=forged&code=x', `state=${'A'.repeat(43)}&code=x`, '']) {
    for (const provider of ['oidc', 'google', '..%2fsession']) {
      const answer = await anybody.ask(`/v1/auth/callback/${provider}?${query}`);
      assert.ok(answer.status >= 400 && answer.status < 500, `${provider} ${query}: ${answer.status}`);
      assert.equal(answer.headers['set-cookie'], undefined, 'somebody was signed in');
      if (provider === 'oidc' && !query.includes('state=f') && !query.includes('state=A'))
        assert.equal(answer.status, 400, String(answer.bytes));
    }
  }
});

tests.row(93, 'setting up a server that has an administrator: refused with 404', async () => {
  for (const token of [undefined, '', 'A'.repeat(32)]) {
    const eve = {
      email: 'eve@evil.example',
      password,
      name: 'Eve',
      workspace: 'Mine',
      ...(token !== undefined && { token }),
    };
    const answer = await anybody.sendJson('/v1/auth/setup', eve);
    assert.equal(answer.status, 404, String(answer.bytes));
    assert.equal(answer.headers['set-cookie'], undefined);
  }
});

tests.row(94, 'setting up a server without the token of its log: refused with 401', async () => {
  assert.equal(early.me?.json().needsSetup, true);
  assert.equal(early.withoutToken.length, 4);
  for (const answer of early.withoutToken) {
    assert.equal(answer.status, 401, String(answer.bytes));
    assert.equal(answer.headers['set-cookie'], undefined);
  }
});

tests.row(
  96,
  'a page of another site that sends a form with our cookie: refused with 403 ORIGIN_NOT_ALLOWED',
  async () => {
    const { cookie = '' } = ana.headers;
    const forged: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://${tests.server.host}.evil.example` },
      { origin: 'http://127.0.0.1' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example', 'content-type': 'text/plain' },
    ];
    for (const headers of forged) {
      const all = { cookie, 'content-type': 'application/json', ...headers };
      const body = JSON.stringify({ email: 'eve@evil.example', role: 'admin' });
      const answer = await anybody.ask('/v1/invitations', { method: 'POST', body, headers: all });
      assertRefused(answer, 403, 'ORIGIN_NOT_ALLOWED', tests, JSON.stringify(headers));
      const out = await anybody.ask('/v1/auth/sign-out', {
        method: 'POST',
        headers: { ...all, 'content-type': 'text/plain' },
      });
      assert.equal(out.status, 403);
    }
    assert.ok(!String((await ana.ask('/v1/invitations')).bytes).includes('eve@'));
    assert.equal((await ana.ask('/v1/auth/me')).json().user.email, ana.email);
  },
);

tests.row(97, 'a viewer who calls what is for administrators: refused with 403 FORBIDDEN', async () => {
  const { assetId, jobId } = await makeWork(ana);
  const calls: [method: string, path: string, body?: object][] = [
    ['POST', '/v1/invitations', { email: 'x@alpha.example', role: 'owner' }],
    ['POST', '/v1/api-keys', { name: 'x', scopes: ['jobs:read'] }],
    ['POST', '/v1/roles', { name: 'x', permissions: ['members:write'] }],
    ['PATCH', '/v1/tenants/current', { name: 'Mine' }],
    ['POST', '/v1/tenants', { name: 'Mine', ownerEmail: 'vi@alpha.example' }],
    ['PUT', `/v1/tenants/${alphaId}/plan`, { planId: 'free', status: 'suspended' }],
    ['POST', '/v1/webhooks', { url: 'https://example.com/', events: ['job.failed'] }],
    ['GET', '/v1/audit'],
    ['GET', '/v1/ops/queues'],
    ['GET', '/metrics'],
    ['GET', '/health'],
    ['DELETE', `/v1/jobs/${jobId}`],
    ['DELETE', `/v1/assets/${assetId}`],
    ['POST', '/v1/jobs', { ...work, inputs: [assetId] }],
  ];
  for (const [method, path, body] of calls) {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    assertRefused(await viewer.ask(path, { method, ...json }), 403, 'FORBIDDEN', tests, `${method} ${path}`);
    assertRefused(await anybody.ask(path, { method, ...json }), 401, 'UNAUTHENTICATED', tests, `${method} ${path}`);
  }
  assert.equal((await viewer.ask(`/v1/jobs/${jobId}`)).status, 200);
});

// The last: from here on the address of everybody here is one that guesses.
tests.row(95, 'twenty tries at a password: refused with 429 before them all', async () => {
  const statuses: number[] = [];
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await anybody.sendJson('/v1/auth/sign-in/email', {
      email: ana.email,
      password: `guess number ${tries}`,
    });
    statuses.push(answer.status);
    assert.ok(answer.status === 401 || answer.status === 429, String(answer.bytes));
    if (answer.status === 429) assert.ok(Number(answer.headers['retry-after']) > 0);
  }
  assert.equal(statuses.at(-1), 429, statuses.join());
  assert.equal(statuses[0], 401);
  // Not even with the right one; and who is signed in goes on.
  const right = await anybody.sendJson('/v1/auth/sign-in/email', { email: ana.email, password });
  assert.equal(right.status, 429, String(right.bytes));
  assert.equal((await ana.ask('/v1/jobs')).status, 200);
});
