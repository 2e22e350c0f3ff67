import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { accountsEnv, outsideEnv } from '../support/accounts-env.ts';
import { startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts';
import { startMailServer, type TestMailServer } from '../support/mail-server.ts';
import { goodPassword, type Someone, someone } from '../support/person.ts';
import { runProgram, type StartedServer, startServerProgram } from '../support/program.ts';
import { freePort } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// Accounts as far as others take part: a mail server, an OpenID Connect provider, the command line.

let dir: string;
let mails: TestMailServer;
let provider: TestIdentityProvider;
let server: StartedServer;
let env: Record<string, string>;
const admin = { email: 'ana@example.com', password: goodPassword };
const visitor = (): Someone => someone(() => server.address);

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-accounts-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  mails = await startMailServer();
  provider = await startIdentityProvider(`${origin}/v1/auth/callback/oidc`, {
    ana: { email: 'Ana@example.com', email_verified: true, name: 'Ana at work' },
    hugo: { email: 'hugo@corp.example', email_verified: true, name: 'Hugo' },
    eve: { email: 'ana@example.com', email_verified: false, name: 'Eve' },
    ivo: { email: 'ivo@elsewhere.example', email_verified: true },
  });
  env = {
    ...accountsEnv,
    ...outsideEnv(origin, mails.url, provider.issuer),
    ESTEIRA_LOG_FILE: join(dir, 'log'),
    ESTEIRA_ADMIN_EMAIL: admin.email,
    ESTEIRA_ADMIN_PASSWORD: admin.password,
    ESTEIRA_OIDC_EMAIL_DOMAINS: 'corp.example,example.com',
    ESTEIRA_RATE_LIMIT_SIGN_IN_ATTEMPTS: '15',
  };
  server = await startServerProgram(['--port', String(port)], { cwd: dir, env });
});
after(async () => {
  await server?.stop();
  await provider[Symbol.asyncDispose]();
  await mails[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
});

const code = (answer: { readonly status: number; readonly json: { code?: string } }) => [
  answer.status,
  answer.json?.code,
];

/** The newest mail to somebody, once there are this many. */
async function mailTo(email: string, count = 1): Promise<string> {
  return await until(() => {
    const all = mails.received.filter(({ to }) => to.includes(email));
    assert.equal(all.length, count, `mails to ${email}`);
    return all.at(-1)?.text ?? '';
  });
}

async function signIn(email: string, password: string): Promise<Someone> {
  const somebody = visitor();
  const answer = await somebody.post('/v1/auth/sign-in/email', { email, password });
  assert.equal(answer.status, 200, answer.text);
  return somebody;
}

describe('mail', () => {
  const person = { email: 'bea@example.com', password: 'green bicycle harbour', name: 'Bea', language: 'pt-BR' };

  test('the first administrator comes from the environment, and nobody else becomes it', async () => {
    const me = (await (await signIn(admin.email, admin.password)).get('/v1/auth/me')).json;
    assert.deepEqual(
      [me.user.operator, me.role, me.signUp, me.oidc],
      [true, 'owner', 'open', [{ id: 'oidc', name: 'Corp' }]],
    );
    const late = { ...admin, email: 'eve@example.com', name: 'Eve', workspace: 'Mine', token: 'x'.repeat(32) };
    assert.deepEqual(code(await visitor().post('/v1/auth/setup', late)), [404, 'SETUP_DONE']);
  });

  test('an address is confirmed by the link before its owner can sign in, and then has a workspace', async () => {
    const made = await visitor().post('/v1/auth/sign-up/email', person);
    assert.deepEqual(made.json, { confirmEmail: true });
    const credentials = { email: person.email, password: person.password };
    const mail = await mailTo(person.email);
    assert.match(mail, /Confirme que este endereço é seu/);
    assert.match(mail, /lang="pt-BR"/);
    assert.deepEqual(code(await visitor().post('/v1/auth/sign-in/email', credentials)), [403, 'EMAIL_UNVERIFIED']);
    await mailTo(person.email, 2);
    const path = /\/v1\/auth\/verify-email\?token=[\w.-]+/.exec(mail)?.[0] ?? '';
    assert.deepEqual(code(await visitor().get(`${path.slice(0, -4)}AAAA`)), [410, 'LINK_EXPIRED']);
    assert.equal((await visitor().get(path)).status, 302);
    const me = (await (await signIn(person.email, person.password)).get('/v1/auth/me')).json;
    assert.deepEqual([me.user.emailVerified, me.role, me.tenant.name], [true, 'owner', 'Bea']);
  });

  test('whoever takes an address that has an account is answered alike, and its owner is told', async () => {
    const again = await visitor().post('/v1/auth/sign-up/email', { ...person, password: 'another fine password' });
    assert.deepEqual([again.status, again.json], [200, { confirmEmail: true }]);
    assert.match(await mailTo(person.email, 3), /criar uma conta com este endereço, que já tem uma/);
    await signIn(person.email, person.password);
  });

  test('whom a member invites gets the link, and joins by it', async () => {
    const ana = await signIn(admin.email, admin.password);
    const made = await ana.post('/v1/invitations', { email: 'leo@example.com', role: 'viewer' });
    assert.equal(made.status, 201, made.text);
    const mail = await mailTo('leo@example.com');
    assert.match(mail, /You are invited to work in Esteira/);
    const invitationToken = /\/join#(\w+)/.exec(mail)?.[1];
    const leo = { email: 'leo@example.com', password: goodPassword, name: 'Leo', invitationToken };
    assert.deepEqual((await visitor().post('/v1/auth/sign-up/email', leo)).json, { confirmEmail: true });
    const path = /\/v1\/auth\/verify-email\?token=[\w.-]+/.exec(await mailTo(leo.email, 2))?.[0] ?? '';
    assert.equal((await visitor().get(path)).status, 302);
    const me = (await (await signIn(leo.email, leo.password)).get('/v1/auth/me')).json;
    assert.deepEqual([me.role, me.tenant.name, me.tenants.length], ['viewer', 'Esteira', 1]);
    // In the language of whoever invites: that of a stranger is not known.
    const bea = await signIn(person.email, person.password);
    assert.equal((await bea.post('/v1/invitations', { email: 'lia@example.com', role: 'viewer' })).status, 201);
    assert.match(await mailTo('lia@example.com'), /Você foi convidado a trabalhar em Bea/);
  });

  test('a password is chosen anew by a link that is good for once, also when the mail server was busy', async () => {
    const session = await signIn(person.email, person.password);
    mails.refuse(1);
    assert.equal((await visitor().post('/v1/auth/request-password-reset', { email: 'Bea@example.com' })).status, 200);
    const token = /\/reset-password#([\w-]+)/.exec(await mailTo(person.email, 4))?.[1] ?? '';
    const reset = (newPassword: string) => visitor().post('/v1/auth/reset-password', { token, newPassword });
    assert.deepEqual(code(await reset('password123')), [422, 'PASSWORD_WEAK']);
    assert.equal((await reset('silver window orchard')).status, 200);
    assert.deepEqual(code(await reset('silver window orchard')), [410, 'LINK_EXPIRED']);
    await until(async () => assert.equal((await session.get('/v1/jobs')).status, 401), 1_000);
    await signIn(person.email, 'silver window orchard');
    const old = { email: person.email, password: person.password };
    assert.deepEqual(code(await visitor().post('/v1/auth/sign-in/email', old)), [401, 'WRONG_CREDENTIALS']);
  });
});

describe('OpenID Connect', () => {
  /** @returns the browser, and what this server said when it came back */
  async function come(subject: string, change: (url: URL) => void = () => {}) {
    const browser = visitor();
    const body = { providerId: 'oidc', callbackURL: '/jobs', errorCallbackURL: '/sign-in?failed=1' };
    const { json } = await browser.post('/v1/auth/sign-in/oauth2', body);
    const there = new URL(json.url);
    assert.equal(there.searchParams.get('code_challenge_method'), 'S256');
    assert.ok(there.searchParams.get('nonce') && there.searchParams.get('state'));
    const back = new URL(await provider.signIn(json.url, subject));
    change(back);
    const answer = await browser.get(`${back.pathname}${back.search}`);
    return { browser, answer, back };
  }

  test('lets people of the right domain in, and finds those who have an account', async () => {
    const hugo = await come('hugo');
    assert.deepEqual([hugo.answer.status, hugo.answer.headers.get('location')], [302, '/jobs']);
    const me = (await hugo.browser.get('/v1/auth/me')).json;
    assert.deepEqual([me.user.email, me.user.name, me.user.emailVerified], ['hugo@corp.example', 'Hugo', true]);
    const ana = await come('ana');
    assert.equal((await ana.browser.get('/v1/auth/me')).json.user.operator, true);
  });

  test('nobody else: another domain, or an address that nobody has confirmed', async () => {
    for (const [subject, reason] of [
      ['ivo', 'domain_not_allowed'],
      ['eve', 'account_not_linked'],
    ] as const) {
      const { browser, answer } = await come(subject);
      assert.match(answer.headers.get('location') ?? '', new RegExp(`^/sign-in\\?failed=1&error=${reason}`));
      assert.equal((await browser.get('/v1/auth/me')).json.user, undefined);
    }
  });

  test('what comes back must belong to what this browser began', async () => {
    const without = await come('hugo', (url) => url.searchParams.delete('state'));
    assert.deepEqual(code(without.answer), [400, 'OIDC_FAILED']);
    const other = await come('hugo', (url) => url.searchParams.set('state', 'x'.repeat(32)));
    assert.deepEqual(code(other.answer), [400, 'OIDC_FAILED']);
    const { back } = await come('hugo');
    const victim = visitor();
    assert.deepEqual(code(await victim.get(`${back.pathname}${back.search}`)), [400, 'OIDC_FAILED']);
    assert.equal((await victim.get('/v1/auth/me')).json.user, undefined);
    for (const callbackURL of ['https://evil.example', '//evil.example', '/\\evil.example']) {
      const body = { providerId: 'oidc', callbackURL };
      assert.equal((await visitor().post('/v1/auth/sign-in/oauth2', body)).status, 400, callbackURL);
    }
  });
});

test('the command line changes accounts through the server, and without it', async () => {
  const users = (...args: string[]) => runProgram(['users', ...args], { cwd: dir, env });
  const made = JSON.parse((await users('add', 'kai@example.com', '--name', 'Kai', '--json')).stdout);
  const kai = await signIn('kai@example.com', made.password);
  const disabled = await users('disable', 'kai@example.com');
  assert.deepEqual([disabled.code, disabled.stderr], [0, '']);
  await until(async () => assert.equal((await kai.get('/v1/jobs')).status, 401), 1_000);

  await server.stop();
  const input = Buffer.from('copper lantern meadow\n');
  const set = await runProgram(['users', 'set-password', 'kai@example.com', '--password-stdin'], {
    cwd: dir,
    env,
    input,
  });
  assert.deepEqual([set.code, set.stderr], [0, '']);
  assert.equal((await users('enable', 'kai@example.com')).code, 0);
  const listed = (await users('list')).stdout.trim().split('\n');
  assert.ok(
    listed.includes('kai@example.com  Kai') && listed.includes('ana@example.com  ana  operator'),
    String(listed),
  );

  server = await startServerProgram(['--port', new URL(server.address).port], { cwd: dir, env });
  await signIn('kai@example.com', 'copper lantern meadow');
});

test('twenty tries at one password are too many', async () => {
  const credentials = { email: 'bea@example.com', password: 'wrong password' };
  const statuses: number[] = [];
  for (let at = 0; at < 20; at++) statuses.push((await visitor().post('/v1/auth/sign-in/email', credentials)).status);
  assert.deepEqual([...new Set(statuses)], [401, 429]);
  assert.equal(statuses.at(-1), 429);
  const log = await readFile(join(dir, 'log'), 'utf8');
  for (const secret of ['wrong password', admin.password, 'mail%20password', 'a secret of the test']) {
    assert.ok(!log.includes(secret), 'nothing of it is in the log');
  }
});
