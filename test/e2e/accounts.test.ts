import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { accountsEnv } from '../support/accounts-env.ts';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import { testPasskey } from '../support/passkey.ts';
import { goodPassword, type Someone, setupTokenIn, someone } from '../support/person.ts';
import { fromBase32, totp } from '../support/totp.ts';
import { until } from '../support/until.ts';

// Who people are, on the real program: the first administrator, invitations, sessions, second factors, passkeys.

let server: Fleet;
const visitor = (): Someone => someone(() => server.address);
const owner = visitor();
const ownersEmail = 'ana@example.com';

before(async () => {
  server = await apiUnderTest({ env: accountsEnv });
});
after(() => server[Symbol.asyncDispose]());

async function invite(email: string, role = 'editor'): Promise<string> {
  const made = await owner.post('/v1/invitations', { email, role });
  assert.equal(made.status, 201, made.text);
  return made.json.url.split('#')[1];
}

async function join(email: string, password = goodPassword): Promise<Someone> {
  const somebody = visitor();
  const answer = await somebody.post('/v1/auth/sign-up/email', {
    email,
    password,
    name: 'Bea',
    invitationToken: await invite(email),
  });
  assert.equal(answer.status, 200, answer.text);
  return somebody;
}

async function signedIn(email: string, password = goodPassword): Promise<Someone> {
  const somebody = visitor();
  assert.deepEqual((await somebody.post('/v1/auth/sign-in/email', { email, password })).json, {});
  return somebody;
}

const code = (answer: { readonly status: number; readonly json: { code?: string } }) => [
  answer.status,
  answer.json?.code,
];

describe('the first administrator', () => {
  const administrator = { email: ownersEmail, password: goodPassword, name: 'Ana', workspace: 'Loja' };

  test('needs the token that stands in the log, and a password that nobody guesses', async () => {
    assert.equal((await visitor().get('/v1/auth/me')).json.needsSetup, true);
    assert.deepEqual(code(await visitor().get('/v1/jobs')), [401, 'UNAUTHENTICATED']);
    assert.deepEqual(code(await visitor().post('/v1/auth/setup', administrator)), [401, 'SETUP_TOKEN_WRONG']);
    const wrong = { ...administrator, token: 'x'.repeat(32) };
    assert.deepEqual(code(await visitor().post('/v1/auth/setup', wrong)), [401, 'SETUP_TOKEN_WRONG']);

    const token = await until(async () => setupTokenIn(await server.log()));
    const weak = { ...administrator, token, password: 'password2024!' };
    assert.deepEqual(code(await visitor().post('/v1/auth/setup', weak)), [422, 'PASSWORD_WEAK']);
    const done = await owner.post('/v1/auth/setup', { ...administrator, token });
    assert.equal(done.status, 200, done.text);
    assert.deepEqual(code(await visitor().post('/v1/auth/setup', { ...administrator, token })), [404, 'SETUP_DONE']);
  });

  test('runs the server, and owns the workspace that was there before', async () => {
    const { json } = await owner.get('/v1/auth/me');
    assert.equal(json.needsSetup, false);
    assert.deepEqual([json.user.email, json.user.operator, json.role], [ownersEmail, true, 'owner']);
    assert.equal(json.tenant.id, '00000000-0000-7000-8000-000000000001');
    assert.equal(json.tenant.name, 'Loja');
    assert.ok(json.permissions.includes('instance:write') && json.permissions.includes('tenant:write'));
    assert.equal((await owner.get('/v1/jobs')).status, 200);
  });

  test('has a cookie that scripts cannot read and that other sites do not send along', async () => {
    const answer = await visitor().post('/v1/auth/sign-in/email', { email: ownersEmail, password: goodPassword });
    const [cookie = ''] = answer.headers.getSetCookie();
    assert.match(cookie, /; HttpOnly/);
    assert.match(cookie, /; SameSite=Lax/);
    assert.match(cookie, /; Path=\//);
    assert.doesNotMatch(cookie, /Domain/i);
    assert.equal(answer.text, '{}', 'and no token is in the answer');
  });
});

describe('joining', () => {
  test('needs an invitation, for one’s own address, and works once', async () => {
    const person = { email: 'bea@example.com', password: goodPassword, name: 'Bea' };
    assert.deepEqual(code(await visitor().post('/v1/auth/sign-up/email', person)), [403, 'SIGN_UP_CLOSED']);
    const unknown = { ...person, invitationToken: 'x'.repeat(43) };
    assert.deepEqual(code(await visitor().post('/v1/auth/sign-up/email', unknown)), [404, 'INVITATION_NOT_FOUND']);
    const invitationToken = await invite('bea@example.com');
    const other = { ...person, email: 'eve@example.com', invitationToken };
    assert.deepEqual(code(await visitor().post('/v1/auth/sign-up/email', other)), [403, 'FORBIDDEN']);

    const bea = visitor();
    const joined = await bea.post('/v1/auth/sign-up/email', { ...person, email: 'Bea@Example.com', invitationToken });
    assert.equal(joined.status, 200, joined.text);
    const { json } = await bea.get('/v1/auth/me');
    assert.deepEqual([json.user.email, json.role, json.tenant.name], ['bea@example.com', 'editor', 'Loja']);
    assert.ok(!json.permissions.includes('members:write') && !json.permissions.includes('instance:read'));
    assert.equal((await bea.get('/v1/users')).status, 403);
    const again = await visitor().post('/v1/auth/sign-up/email', { ...person, invitationToken });
    assert.deepEqual(code(again), [404, 'INVITATION_NOT_FOUND']);
  });

  test('refuses what is not asked for', async () => {
    const person = { email: 'x@example.com', password: goodPassword, name: 'X', operator: true };
    assert.deepEqual(code(await visitor().post('/v1/auth/sign-up/email', person)), [400, 'INVALID_PARAMETERS']);
    assert.equal((await owner.post('/v1/auth/update-user', { operator: true })).status, 400);
    for (const path of ['admin/list-users', 'get-session', 'delete-user', 'sign-in/social', 'list-accounts', 'ok']) {
      assert.equal((await owner.get(`/v1/auth/${path}`)).status, 404, path);
      assert.equal((await owner.post(`/v1/auth/${path}`)).status, 404, path);
    }
  });
});

describe('sessions', () => {
  test('nobody learns whether an address has an account', async () => {
    const wrong = await visitor().post('/v1/auth/sign-in/email', { email: ownersEmail, password: 'not the password' });
    const unknown = await visitor().post('/v1/auth/sign-in/email', {
      email: 'nobody@example.com',
      password: 'not the password',
    });
    const { requestId: _one, ...first } = wrong.json;
    const { requestId: _two, ...second } = unknown.json;
    assert.deepEqual(code(wrong), [401, 'WRONG_CREDENTIALS']);
    assert.deepEqual(first, second);
    for (const email of [ownersEmail, 'nobody@example.com']) {
      const asked = await visitor().post('/v1/auth/request-password-reset', { email });
      assert.deepEqual([asked.status, asked.text], [200, '{}']);
    }
  });

  test('are listed without what lets in, and end everywhere at once', async () => {
    const [desk, phone] = [await join('carla@example.com'), await signedIn('carla@example.com')];
    const { json } = await desk.get('/v1/auth/list-sessions');
    assert.equal(json.length, 2);
    const cookie = decodeURIComponent([...phone.cookies.values()][0] ?? '').split('.')[0] ?? '';
    assert.ok(cookie.length > 20 && !JSON.stringify(json).includes(cookie), 'no list has a cookie in it');
    const other = json.find(({ current }: { current: boolean }) => !current);
    assert.equal((await phone.get('/v1/jobs')).status, 200);
    assert.equal((await owner.post('/v1/auth/revoke-session', { token: other.id })).status, 200);
    assert.equal((await phone.get('/v1/jobs')).status, 200, 'nobody ends the sessions of others');
    assert.equal((await desk.post('/v1/auth/revoke-session', { token: other.id })).status, 200);
    await until(async () => assert.equal((await phone.get('/v1/jobs')).status, 401), 1_000);
    assert.equal((await desk.get('/v1/jobs')).status, 200);

    assert.equal((await desk.post('/v1/auth/sign-out')).status, 200);
    assert.equal(desk.cookies.size, 0);
    assert.equal((await desk.get('/v1/jobs')).status, 401);
  });

  test('a cookie that was signed by nobody is none', async () => {
    const eve = visitor();
    const [[name = '', value = ''] = []] = [...owner.cookies];
    eve.cookies.set(name, `${value.slice(0, -6)}AAAA%3D`);
    assert.equal((await eve.get('/v1/jobs')).status, 401);
  });

  test('a page of another origin changes nothing with it', async () => {
    const foreign = { origin: 'https://evil.example' };
    assert.equal((await owner.send('POST', '/v1/auth/sign-out', {}, foreign)).status, 403);
    assert.equal((await owner.send('POST', '/v1/auth/tenant', { tenantId: 'x' }, foreign)).status, 403);
    assert.equal((await owner.get('/v1/jobs')).status, 200);
  });

  test('a new password ends all other sessions, and is held to the rules', async () => {
    const desk = await join('dora@example.com');
    const phone = await signedIn('dora@example.com');
    const change = (newPassword: string, currentPassword = goodPassword) =>
      desk.post('/v1/auth/change-password', { currentPassword, newPassword });
    for (const weak of ['short', 'qwertyuiop', 'dora@example.com', 'aaaaaaaaaaaa', `${'a1'.repeat(65)}b`]) {
      assert.deepEqual(code(await change(weak)), [422, 'PASSWORD_WEAK'], weak);
    }
    assert.deepEqual(code(await change('green bicycle harbour', 'wrong password')), [401, 'WRONG_CREDENTIALS']);
    assert.equal((await phone.get('/v1/jobs')).status, 200);
    assert.equal((await change('green bicycle harbour')).status, 200);
    await until(async () => assert.equal((await phone.get('/v1/jobs')).status, 401), 1_000);
    assert.equal((await desk.get('/v1/jobs')).status, 200);
    await signedIn('dora@example.com', 'green bicycle harbour');
  });

  test('act in the workspace that was chosen, among one’s own', async () => {
    const { status, json, text } = await owner.post('/v1/tenants', { name: 'Estúdio', ownerEmail: ownersEmail });
    assert.equal(status, 201, text);
    const me = async () => (await owner.get('/v1/auth/me')).json;
    assert.equal((await me()).tenants.length, 2);
    assert.equal((await owner.post('/v1/auth/tenant', { tenantId: json.id })).status, 200);
    await until(async () => assert.equal((await me()).tenant.id, json.id), 1_000);
    const bea = await signedIn('bea@example.com');
    assert.deepEqual(code(await bea.post('/v1/auth/tenant', { tenantId: json.id })), [404, 'TENANT_NOT_FOUND']);
    const first = (await me()).tenants.find(({ id }: { id: string }) => id !== json.id);
    assert.equal((await owner.post('/v1/auth/tenant', { tenantId: first.id })).status, 200);
    await until(async () => assert.equal((await me()).tenant.id, first.id), 1_000);
  });
});

test('a second factor is asked for before anything else, and backup codes are good for once', async () => {
  const desk = await join('elsa@example.com');
  assert.deepEqual(code(await desk.post('/v1/auth/two-factor/enable', { password: 'wrong password' })), [
    401,
    'WRONG_CREDENTIALS',
  ]);
  const { json } = await desk.post('/v1/auth/two-factor/enable', { password: goodPassword });
  const key = fromBase32(new URL(json.totpURI).searchParams.get('secret') ?? '');
  assert.deepEqual(code(await desk.post('/v1/auth/two-factor/verify-totp', { code: '000000' })), [401, 'WRONG_CODE']);
  const used = totp(key);
  assert.equal((await desk.post('/v1/auth/two-factor/verify-totp', { code: used })).status, 200);
  assert.equal((await desk.get('/v1/auth/me')).json.user.twoFactor, true);

  const credentials = { email: 'elsa@example.com', password: goodPassword };
  const phone = visitor();
  assert.deepEqual((await phone.post('/v1/auth/sign-in/email', credentials)).json, { twoFactorRedirect: true });
  assert.equal((await phone.get('/v1/jobs')).status, 401, 'the password alone opens nothing');
  assert.equal((await phone.get('/v1/auth/me')).json.user, undefined);
  assert.deepEqual(code(await visitor().post('/v1/auth/two-factor/verify-totp', { code: totp(key) })), [
    401,
    'UNAUTHENTICATED',
  ]);
  const replayed = await phone.post('/v1/auth/two-factor/verify-totp', { code: used });
  assert.deepEqual(code(replayed), [401, 'WRONG_CODE'], 'whoever saw it being typed gets nothing for it');
  assert.equal((await phone.get('/v1/jobs')).status, 401);
  assert.deepEqual((await phone.post('/v1/auth/sign-in/email', credentials)).json, { twoFactorRedirect: true });
  // The next one is taken already, from those whose clock is ahead.
  const next = totp(key, Date.now() / 1_000 + 30);
  assert.equal((await phone.post('/v1/auth/two-factor/verify-totp', { code: next })).status, 200);
  assert.equal((await phone.get('/v1/jobs')).status, 200);

  const [backup] = json.backupCodes;
  const tablet = visitor();
  await tablet.post('/v1/auth/sign-in/email', credentials);
  assert.equal((await tablet.post('/v1/auth/two-factor/verify-backup-code', { code: backup })).status, 200);
  const stolen = visitor();
  await stolen.post('/v1/auth/sign-in/email', credentials);
  const again = await stolen.post('/v1/auth/two-factor/verify-backup-code', { code: backup });
  assert.deepEqual(code(again), [401, 'WRONG_CODE']);
  assert.equal((await stolen.get('/v1/jobs')).status, 401);
  const newPassword = 'silver window orchard';
  const changed = await desk.post('/v1/auth/change-password', { currentPassword: goodPassword, newPassword });
  assert.equal(changed.status, 200, changed.text);
  const late = await stolen.post('/v1/auth/two-factor/verify-totp', { code: totp(key) });
  assert.deepEqual(code(late), [401, 'UNAUTHENTICATED'], 'what the old password has begun is over');
  assert.equal((await desk.post('/v1/auth/two-factor/disable', { password: newPassword })).status, 200);
  await signedIn('elsa@example.com', newPassword);
});

test('a passkey signs in by itself, for its own site, and only when its owner has unlocked it', async () => {
  const flora = await join('flora@example.com');
  const key = testPasskey(server.address);
  const options = await flora.get('/v1/auth/passkey/generate-register-options');
  assert.equal(options.status, 200, options.text);
  const response = key.create(options.json);
  const added = await flora.post('/v1/auth/passkey/verify-registration', { response, name: 'Laptop' });
  assert.equal(added.status, 200, added.text);
  const [listed] = (await flora.get('/v1/auth/passkey/list-user-passkeys')).json;
  assert.deepEqual(Object.keys(listed).sort(), ['createdAt', 'id', 'name']);

  async function tryWith(passkey: ReturnType<typeof testPasskey>, unlocked?: boolean) {
    const device = visitor();
    const { json } = await device.get('/v1/auth/passkey/generate-authenticate-options');
    assert.equal(json.userVerification, 'required');
    const answer = await device.post('/v1/auth/passkey/verify-authentication', {
      response: passkey.get(json, unlocked),
    });
    return { device, answer };
  }
  assert.deepEqual(code((await tryWith(testPasskey(server.address))).answer), [401, 'PASSKEY_INVALID']);
  assert.deepEqual(code((await tryWith(key, false)).answer), [401, 'PASSKEY_INVALID']);
  const { device, answer } = await tryWith(key);
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await device.get('/v1/auth/me')).json.user.email, 'flora@example.com');

  const removal = { id: listed.id };
  assert.notEqual((await owner.post('/v1/auth/passkey/delete-passkey', removal)).status, 200, 'it is not theirs');
  assert.equal((await flora.post('/v1/auth/passkey/delete-passkey', removal)).status, 200);
  assert.deepEqual(code((await tryWith(key)).answer), [401, 'PASSKEY_INVALID']);
});

test('whoever is disabled is out at once, and the last who runs the server stays', async () => {
  const greta = await join('greta@example.com');
  const { id } = (await greta.get('/v1/auth/me')).json.user;
  assert.equal((await owner.send('PATCH', `/v1/users/${id}`, { disabled: true })).status, 200);
  await until(async () => assert.equal((await greta.get('/v1/jobs')).status, 401), 1_000);
  const credentials = { email: 'greta@example.com', password: goodPassword };
  assert.deepEqual(code(await visitor().post('/v1/auth/sign-in/email', credentials)), [403, 'ACCOUNT_DISABLED']);
  assert.equal((await owner.send('PATCH', `/v1/users/${id}`, { disabled: false })).status, 200);
  await signedIn('greta@example.com');
  const me = (await owner.get('/v1/auth/me')).json.user;
  assert.deepEqual(code(await owner.send('PATCH', `/v1/users/${me.id}`, { operator: false })), [409, 'LAST_OPERATOR']);
});

test('after a restart sessions go on, and there is nothing to set up', async () => {
  await server.restart();
  assert.equal((await owner.get('/v1/jobs')).status, 200);
  assert.equal((await visitor().get('/v1/auth/me')).json.needsSetup, false);
});

test('no log has a password, a cookie or a code in it', async () => {
  const log = (await server.log()).join('\n');
  assert.ok(log.includes('/v1/auth/sign-in/email'));
  assert.ok(!log.includes(goodPassword));
  for (const value of owner.cookies.values()) assert.ok(!log.includes(value.slice(0, 20)));
});
