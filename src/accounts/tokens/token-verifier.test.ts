import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { exportJWK, SignJWT } from 'jose';
import { isCode } from '../../../test/support/is-code.ts';
import { createTokenVerifier, type TokenRules } from './token-verifier.ts';

const tenantId = '01900000-0000-7000-8000-000000000001';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const secret = 's'.repeat(32);

const rules: TokenRules = {
  issuer: 'https://id.example.com/',
  audiences: ['esteira', 'authenticated'],
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  keys: { publicKey: rsa.publicKey },
  emailVerifiedClaim: undefined,
  tenant: { id: tenantId },
};

interface Signing {
  readonly alg?: string;
  readonly key?: KeyObject | Uint8Array;
  readonly kid?: string;
}

async function sign(claims: Record<string, unknown> = {}, { alg = 'RS256', key = rsa.privateKey, kid }: Signing = {}) {
  const usual = { iss: rules.issuer, aud: 'esteira', sub: 'auth0|ana', exp: inSeconds(60) };
  return await new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg, ...(kid && { kid }) }).sign(key);
}

function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

test('a token of the provider says who comes, and where they belong', async () => {
  const verify = createTokenVerifier(rules);
  const exp = inSeconds(600);
  const token = await sign({ email: 'ana@example.com', name: 'Ana', exp, aud: ['other', 'authenticated'] });
  const { expiresAtMs, ...said } = await verify(token);
  assert.deepEqual(said, { subject: 'auth0|ana', tenantId, email: 'ana@example.com', name: 'Ana' });
  assert.equal(expiresAtMs, exp * 1_000);
});

test('keys of each kind are taken, and secrets where they are set up', async () => {
  for (const [alg, { publicKey, privateKey }] of [
    ['ES256', ec],
    ['EdDSA', ed],
  ] as const) {
    const verify = createTokenVerifier({ ...rules, keys: { publicKey } });
    assert.equal((await verify(await sign({}, { alg, key: privateKey }))).subject, 'auth0|ana');
  }
  const verify = createTokenVerifier({ ...rules, algorithms: ['HS256'], keys: { secret } });
  assert.equal((await verify(await sign({}, { alg: 'HS256', key: Buffer.from(secret) }))).subject, 'auth0|ana');
});

test('who it is from, whom it is for, until when it holds and whose it is must be right', async () => {
  const verify = createTokenVerifier(rules);
  const wrong: Record<string, unknown>[] = [
    { iss: 'https://id.example.com' },
    { iss: undefined },
    { aud: 'another' },
    { aud: undefined },
    { exp: inSeconds(-60) },
    { exp: undefined },
    { nbf: inSeconds(60) },
    { sub: undefined },
    { sub: '' },
    { sub: 'x'.repeat(501) },
  ];
  for (const claims of wrong) {
    await assert.rejects(verify(await sign(claims)), isCode('UNAUTHENTICATED'), JSON.stringify(claims));
  }
});

test('a token decides nothing about how it is checked', async () => {
  const verify = createTokenVerifier(rules);
  const claims = part({ iss: rules.issuer, aud: 'esteira', sub: 'eva', exp: inSeconds(60) });
  const withHmac = (header: string, key: string | Buffer) =>
    `${header}.${claims}.${createHmac('sha256', key).update(`${header}.${claims}`).digest('base64url')}`;
  const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' });
  const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const own = await exportJWK(other.publicKey);
  const good = await sign();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const tokens = {
    none: `${part({ alg: 'none' })}.${claims}.`,
    'None, in other letters': `${part({ alg: 'nOnE' })}.${claims}.`,
    'the public key as a secret': withHmac(part({ alg: 'HS256' }), spki),
    'a key id that is a path': withHmac(part({ alg: 'HS256', kid: '../../../../dev/null' }), ''),
    'a key of its own': await new SignJWT({ sub: 'eva' })
      .setProtectedHeader({ alg: 'RS256', jwk: own })
      .sign(other.privateKey),
    'an algorithm that is not pinned': await sign({}, { alg: 'PS256' }),
    'an algorithm that the key is not for': await sign({}, { alg: 'ES256', key: ec.privateKey }),
    'another key': await sign({}, { key: other.privateKey }),
    'a shorter signature': `${header}.${payload}.${signature.slice(0, 20)}`,
    'no signature': `${header}.${payload}.`,
    'changed claims': `${header}.${claims}.${signature}`,
    'critical extensions': `${part({ alg: 'RS256', crit: ['exp'], exp: 1 })}.${claims}.${signature}`,
    'no JSON': `${Buffer.from('{').toString('base64url')}.${claims}.${signature}`,
    empty: '..',
  };
  for (const [what, token] of Object.entries(tokens)) {
    await assert.rejects(verify(token), isCode('UNAUTHENTICATED'), what);
  }
  const shared = createTokenVerifier({ ...rules, algorithms: ['HS256'], keys: { secret } });
  const right = withHmac(part({ alg: 'HS256' }), secret);
  assert.equal((await shared(right)).subject, 'eva');
  for (const wrong of [right.slice(0, -10), `${right}AAAA`, `${right.slice(0, right.lastIndexOf('.'))}.`]) {
    await assert.rejects(shared(wrong), isCode('UNAUTHENTICATED'));
  }
});

test('an address that was not verified lets nobody in, where that is asked for', async () => {
  const verify = createTokenVerifier({ ...rules, emailVerifiedClaim: 'user_metadata.email_verified' });
  assert.ok(await verify(await sign({ user_metadata: { email_verified: true } })));
  for (const claims of [
    {},
    { email_verified: true },
    { user_metadata: { email_verified: 'true' } },
    { user_metadata: null },
    { user_metadata: { email_verified: false } },
  ]) {
    await assert.rejects(verify(await sign(claims)), isCode('UNAUTHENTICATED'), JSON.stringify(claims));
  }
});

test('a claim may name the workspace, by a name that has dots, or in an object', async () => {
  const other = '01900000-0000-7000-8000-000000000002';
  for (const [claim, claims] of [
    ['https://example.com/workspace', { 'https://example.com/workspace': other }],
    ['app_metadata.workspace', { app_metadata: { workspace: other } }],
  ] as const) {
    const verify = createTokenVerifier({ ...rules, tenant: { claim } });
    assert.equal((await verify(await sign(claims))).tenantId, other);
    for (const wrong of [{}, { [claim]: 7 }, { [claim]: `${other}'` }, { [claim]: { toString: other } }]) {
      await assert.rejects(verify(await sign(wrong)), isCode('UNAUTHENTICATED'));
    }
  }
  const inherited = createTokenVerifier({ ...rules, tenant: { claim: 'constructor.name' } });
  await assert.rejects(inherited(await sign()), isCode('UNAUTHENTICATED'));
});

test('keys are fetched once, from the configured address alone, and not for every unknown key id', async (t) => {
  const provider = await openProvider(t);
  provider.body = JSON.stringify({
    keys: [{ ...(await exportJWK(rsa.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }],
  });
  const verify = createTokenVerifier({ ...rules, keys: { jwksUrl: provider.url } });
  for (let time = 0; time < 3; time += 1) assert.ok(await verify(await sign({}, { kid: 'one' })));
  for (const kid of ['two', '../one', 'x'.repeat(1_000)]) {
    await assert.rejects(verify(await sign({}, { kid })), isCode('UNAUTHENTICATED'));
  }
  const asSecret = createPublicKey(rsa.publicKey.export({ type: 'spki', format: 'pem' })).export({
    type: 'spki',
    format: 'der',
  });
  await assert.rejects(verify(await sign({}, { alg: 'HS256', key: asSecret, kid: 'one' })), isCode('UNAUTHENTICATED'));
  assert.deepEqual(provider.asked, ['/keys']);
});

test('a provider that does not answer, sends elsewhere, too much, or no keys is not the fault of the token', async (t) => {
  const token = await sign({}, { kid: 'one' });
  const provider = await openProvider(t);
  const elsewhere = await openProvider(t);
  const answers: { body?: string; status?: number; location?: string }[] = [
    { status: 500 },
    { status: 302, location: elsewhere.url },
    { body: `{"keys":[],"more":"${'x'.repeat(300_000)}"}` },
    { body: 'no JSON' },
    { body: '{"keys":1}' },
  ];
  for (const answer of answers) {
    Object.assign(provider, { body: '{"keys":[]}', status: 200, location: undefined }, answer);
    const verify = createTokenVerifier({ ...rules, keys: { jwksUrl: provider.url } });
    await assert.rejects(verify(token), isCode('TOKEN_KEYS_UNAVAILABLE'), JSON.stringify(answer).slice(0, 50));
  }
  assert.deepEqual(elsewhere.asked, []);
  const away = createTokenVerifier({ ...rules, keys: { jwksUrl: 'http://127.0.0.1:1/keys' } });
  await assert.rejects(away(token), isCode('TOKEN_KEYS_UNAVAILABLE'));
});

async function openProvider(t: TestContext) {
  const provider = {
    body: '',
    status: 200,
    location: undefined as string | undefined,
    asked: [] as (string | undefined)[],
    url: '',
  };
  const server = createServer((request, response) => {
    provider.asked.push(request.url);
    response.writeHead(provider.status, { ...(provider.location && { location: provider.location }) });
    response.end(provider.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  return provider;
}
