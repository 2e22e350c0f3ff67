import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { newId } from '#kernel/ids.ts';
import { isCode } from '../../test/support/is-code.ts';
import type { Person, SignedIn } from './identity/identity.ts';
import { createLocalOperator } from './identity/local-operator.ts';
import { rolePermissions } from './permissions.ts';
import { noTenantId, type Principal } from './principal.ts';
import { createSignedInAccess } from './signed-in-access.ts';
import { openTestAccounts, type TestAccounts, type TestEngines } from './test-accounts.ts';
import { tokenUserId } from './tokens/token-user-id.ts';
import { createTokenUsers } from './tokens/token-users.ts';
import type { VerifiedToken } from './tokens/token-verifier.ts';

/** Who is let in by a session or by a token of others, and what they may, on one database. */
export function testSignedInAccess(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`access: ${name}`, { timeout: 120_000 }, () => {
    let accounts: TestAccounts;
    before(async () => {
      accounts = openTestAccounts(await makeEngines());
    });
    after(() => accounts.close());

    const localOperator = createLocalOperator();
    const operators = new Set<string>();
    /** By their cookie. */
    const sessions = new Map<string, SignedIn>();
    /** By the text of the token. */
    const verified = new Map<string, VerifiedToken>();

    function open() {
      const person = (id: string): Person => ({
        id,
        email: `${id}@example.com`,
        name: id,
        operator: operators.has(id),
        twoFactor: false,
        createdAt: new Date(),
        disabledAt: null,
      });
      const verify = async (token: string) => verified.get(token) ?? assert.fail('not verified');
      const access = createSignedInAccess({
        ...accounts.deps,
        fanOut: accounts.fanOut,
        identity: {
          session: async ({ cookie = '' }) => sessions.get(cookie),
          people: async (ids) => ids.filter((id) => id[14] !== '8').map(person),
        },
        localOperator,
        lastUses: { note: () => {} },
        tokens: createTokenUsers(accounts.deps, { issuer: 'https://id.example', role: 'editor', verify }),
      });
      return (headers: IncomingHttpHeaders, method = 'GET') =>
        access.authenticate({ headers, method, ip: '127.0.0.1' }) as Promise<Principal>;
    }

    function signIn(userId: string, tenantId?: string): IncomingHttpHeaders {
      const cookie = `session=${newId()}`;
      sessions.set(cookie, { userId, sessionId: newId(), tenantId });
      return { cookie };
    }

    test('a session acts in the workspace that it has chosen, else in the oldest', async () => {
      const ask = open();
      const person = newId();
      const [one, two] = [
        await accounts.memberships.found('one', person),
        await accounts.memberships.found('two', person),
      ];
      assert.equal((await ask(signIn(person))).tenantId, one);
      assert.equal((await ask(signIn(person, two))).tenantId, two);
      const elsewhere = await accounts.workspace();
      const { tenantId, kind, permissions } = await ask(signIn(person, elsewhere.tenantId));
      assert.deepEqual([tenantId, kind, permissions], [one, 'user', new Set(rolePermissions.owner)]);
    });

    test('who belongs nowhere may nothing; who runs the server may that as well', async () => {
      const ask = open();
      const headers = signIn(newId());
      const nobody = await ask(headers);
      assert.deepEqual([nobody.tenantId, nobody.permissions], [noTenantId, new Set()]);
      const { owner, tenantId } = await accounts.workspace();
      const ownerHeaders = signIn(owner);
      assert.ok(!(await ask(ownerHeaders)).permissions.has('instance:read'));
      operators.add(owner).add(nobody.userId);
      accounts.fanOut.tell('access-changed', [owner, nobody.userId]);
      const operator = await ask(ownerHeaders);
      assert.equal(operator.tenantId, tenantId);
      assert.deepEqual(operator.permissions, new Set([...rolePermissions.owner, 'instance:read', 'instance:write']));
      assert.deepEqual((await ask(headers)).permissions, new Set(['instance:read', 'instance:write']));
    });

    test('a change holds with the next request, told by ids or not', async () => {
      const ask = open();
      const { tenantId, owner, others } = await accounts.workspace(['viewer']);
      const [member = ''] = others;
      const headers = signIn(member);
      const byOwner = await accounts.acting(owner, tenantId);
      assert.deepEqual((await ask(headers)).permissions, new Set(rolePermissions.viewer));
      await accounts.members.changeRole(byOwner, member, 'editor');
      assert.deepEqual((await ask(headers)).permissions, new Set(rolePermissions.editor));
      // Behind everybody's back, as after words were lost.
      await accounts.deps.db.updateTable('members').set({ role: 'viewer' }).where('user_id', '=', member).execute();
      assert.deepEqual((await ask(headers)).permissions, new Set(rolePermissions.editor), 'it is kept');
      accounts.fanOut.tell('access-changed');
      assert.deepEqual((await ask(headers)).permissions, new Set(rolePermissions.viewer));
    });

    test('a cookie changes nothing unless the browser says that a page of ours sent it', async () => {
      const ask = open();
      const headers = signIn((await accounts.workspace()).owner);
      for (const method of ['GET', 'HEAD', 'OPTIONS']) assert.ok(await ask(headers, method));
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PURGE']) {
        await assert.rejects(ask(headers, method), isCode('ORIGIN_NOT_ALLOWED'), method);
        for (const site of ['none', 'same-site', 'cross-site']) {
          await assert.rejects(ask({ ...headers, 'sec-fetch-site': site }, method), isCode('ORIGIN_NOT_ALLOWED'));
        }
        assert.ok(await ask({ ...headers, 'sec-fetch-site': 'same-origin' }, method));
        assert.ok(await ask({ ...headers, origin: 'https://ours.example' }, method), 'looked at before');
      }
      // No cookie, nobody.
      assert.equal(await ask({}, 'POST'), undefined);
    });

    test('what a header says goes before the cookie, and does not fall back to it', async () => {
      const ask = open();
      const [one, two] = [await accounts.workspace(), await accounts.workspace()];
      const by = await accounts.acting(one.owner, one.tenantId);
      const { key } = await accounts.apiKeys.create(by, { name: 'CI', scopes: ['jobs:read'] });
      const { cookie = '' } = signIn(two.owner);
      assert.equal((await ask({ cookie, authorization: `Bearer ${key}` }, 'POST')).tenantId, one.tenantId);
      for (const authorization of ['Bearer x', `bearer ${key}x`, 'Bearer operator_x', 'Bearer a.b']) {
        await assert.rejects(ask({ cookie, authorization }), isCode('UNAUTHENTICATED'), authorization);
      }
      assert.equal((await ask({ authorization: `Bearer ${localOperator.token}` })).kind, 'local');
    });

    test('who comes with a token of others is a member once, and stays out when removed', async () => {
      const [ask, another] = [open(), open()];
      const { tenantId, owner } = await accounts.workspace();
      const token = `a.${newId()}.c`;
      const claims = {
        subject: 'eva',
        tenantId,
        email: 'eva@example.com',
        name: 'Eva',
        expiresAtMs: Date.now() + 60_000,
      };
      verified.set(token, claims);
      const headers = { authorization: `Bearer ${token}` };
      const [first, second] = await Promise.all([ask(headers, 'POST'), another(headers, 'POST')]);
      assert.deepEqual(first, second);
      assert.deepEqual(
        [first.tenantId, first.userId, first.kind, first.permissions],
        [tenantId, tokenUserId('https://id.example', 'eva'), 'token', new Set(rolePermissions.editor)],
      );
      const listed = await accounts.members.list(tenantId);
      assert.deepEqual(
        listed.map(({ role, outside }) => [role, outside]),
        [
          ['owner', undefined],
          ['editor', { email: 'eva@example.com', name: 'Eva' }],
        ],
      );
      const byOwner = await accounts.acting(owner, tenantId);
      await accounts.members.changeRole(byOwner, first.userId, 'viewer');
      assert.deepEqual((await ask(headers)).permissions, new Set(rolePermissions.viewer));
      await accounts.members.remove(byOwner, first.userId);
      await assert.rejects(ask(headers), isCode('UNAUTHENTICATED'));
      await assert.rejects(open()(headers), isCode('UNAUTHENTICATED'), 'also where they were not known');
    });

    test('a token ends, and opens no workspace that is not there', async () => {
      const { tenantId } = await accounts.workspace();
      const ask = open();
      const over = `a.${newId()}.c`;
      verified.set(over, {
        subject: 'eva',
        tenantId,
        email: undefined,
        name: undefined,
        expiresAtMs: Date.now() - 10_000,
      });
      await assert.rejects(ask({ authorization: `Bearer ${over}` }), isCode('UNAUTHENTICATED'));
      const strange = `a.${newId()}.c`;
      verified.set(strange, {
        subject: 'eva',
        tenantId: newId(),
        email: undefined,
        name: undefined,
        expiresAtMs: Date.now() + 60_000,
      });
      await assert.rejects(ask({ authorization: `Bearer ${strange}` }), isCode('UNAUTHENTICATED'));
    });
  });
}
