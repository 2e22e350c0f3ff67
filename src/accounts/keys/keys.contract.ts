import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { isCode } from '../../../test/support/is-code.ts';
import type { Acting } from '../acting.ts';
import { operatorUserId } from '../identity/local-operator.ts';
import { type Permission, permissions, rolePermissions } from '../permissions.ts';
import type { Principal } from '../principal.ts';
import { openTestAccounts, type TestAccounts, type TestEngines } from '../test-accounts.ts';
import type { NewApiKey } from './api-key.ts';
import { createLastUses } from './last-uses.ts';

/** Keys of programs, and how they are let in by them, on one database. */
export function testKeys(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`keys: ${name}`, { timeout: 120_000 }, () => {
    let accounts: TestAccounts;
    before(async () => {
      accounts = openTestAccounts(await makeEngines());
    });
    after(() => accounts.close());

    const scopes: readonly Permission[] = ['jobs:read', 'jobs:write', 'keys:read', 'keys:write'];

    async function owned() {
      const { tenantId, owner } = await accounts.workspace();
      return { tenantId, owner, by: await accounts.acting(owner, tenantId) };
    }

    function use({ key }: Pick<NewApiKey, 'key'>, header: 'authorization' | 'x-api-key' = 'authorization') {
      const headers = { [header]: header === 'authorization' ? `Bearer ${key}` : key };
      return accounts.access.authenticate({ headers, method: 'POST', ip: '192.0.2.1' });
    }

    async function asKey(made: NewApiKey): Promise<Acting> {
      return { principal: (await use(made)) as Principal };
    }

    test('a key opens its workspace, by either header, and its secret is kept as a hash', async () => {
      const { tenantId, owner, by } = await owned();
      const made = await accounts.apiKeys.create(by, { name: 'CI', scopes, requestsPerMinute: 7 });
      assert.match(made.key, /^esteira_[0-9A-Za-z]{16}_[0-9A-Za-z]{43}$/);
      assert.ok(43 * Math.log2(62) >= 256);
      assert.ok(made.key.startsWith(`${made.prefix}_`));
      for (const header of ['authorization', 'x-api-key'] as const) {
        const principal = await use(made, header);
        const { tenantId: opened, userId, kind, credentialId, requestsPerMinute } = principal as Principal;
        assert.deepEqual([opened, userId, kind, credentialId, requestsPerMinute], [tenantId, owner, 'key', made.id, 7]);
        assert.deepEqual([...(principal?.permissions ?? [])].sort(), scopes);
      }
      const row = await accounts.deps.db
        .selectFrom('api_keys')
        .selectAll()
        .where('id', '=', made.id)
        .executeTakeFirstOrThrow();
      const [, , secret = ''] = made.key.split('_');
      assert.equal(row.secret_hash, createHash('sha256').update(secret).digest('hex'));
      assert.ok(!JSON.stringify(row).includes(secret));
      const { key: _, ...listed } = made;
      assert.deepEqual(await accounts.apiKeys.list(tenantId), [listed]);
      assert.ok(!JSON.stringify(accounts.acts).includes(secret));
    });

    test('what is no key, or not this one, opens nothing', async () => {
      const { by } = await owned();
      const made = await accounts.apiKeys.create(by, { name: 'CI', scopes });
      const [first, id, secret] = made.key.split('_');
      const last = made.key.endsWith('A') ? 'B' : 'A';
      const guesses = [
        `${made.key.slice(0, -1)}${last}`,
        `${first}_${[...(id ?? '')].reverse().join('')}_${secret}`,
        `${made.key}A`,
        made.key.slice(0, -1),
        made.key.toUpperCase(),
        'esteira__',
        'esteira_../../x_y',
        'x',
        'operator_x',
        'eyJhbGciOiJub25lIn0.e30.',
      ];
      for (const key of guesses) await assert.rejects(use({ key }), isCode('UNAUTHENTICATED'), key);
      const both = { authorization: `Bearer ${made.key}`, 'x-api-key': guesses[0] ?? '' };
      const asked = accounts.access.authenticate({ headers: both, method: 'GET', ip: '192.0.2.1' });
      await assert.rejects(asked, isCode('BAD_REQUEST'));
      assert.ok(await use(made));
    });

    test('a key may what its scopes say and who made it may as well, at each use', async () => {
      const { members, apiKeys, acting, workspace } = accounts;
      const { tenantId, owner, others } = await workspace(['admin']);
      const [admin = ''] = others;
      const made = await apiKeys.create(await acting(admin, tenantId), {
        name: 'wide',
        scopes: rolePermissions.admin,
      });
      const held = async () => [...((await use(made))?.permissions ?? [])].sort();
      assert.deepEqual(await held(), [...rolePermissions.admin].sort());
      const byOwner = await acting(owner, tenantId);
      await members.changeRole(byOwner, admin, 'viewer');
      assert.deepEqual(await held(), [...rolePermissions.viewer].sort());
      await members.remove(byOwner, admin);
      await assert.rejects(use(made), isCode('UNAUTHENTICATED'));
    });

    test('whatever the scopes, and whatever the role becomes, a key may exactly what both hold', async () => {
      const { apiKeys, roles, acting, workspace, join } = accounts;
      const { tenantId, owner } = await workspace();
      const byOwner = await acting(owner, tenantId);
      const some = fc.subarray([...rolePermissions.owner]);
      const role = await roles.create(byOwner, { name: 'any', permissions: [] });
      const person = await join(byOwner, role.name);
      await fc.assert(
        fc.asyncProperty(some, some, some, async (before, asked, after) => {
          await roles.replace(byOwner, role.name, before);
          const by = await acting(person, tenantId);
          const made = await apiKeys.create(by, { name: 'any', scopes: asked }).catch((error: unknown) => error);
          assert.equal(
            made instanceof AppError && made.code === 'FORBIDDEN',
            asked.some((one) => !before.includes(one)),
          );
          if (made instanceof Error) return;
          await roles.replace(byOwner, role.name, after);
          const held = (await use(made as NewApiKey))?.permissions;
          assert.deepEqual(held, new Set(asked.filter((one) => after.includes(one))));
          await apiKeys.revoke(byOwner, (made as NewApiKey).id);
        }),
        { numRuns: 30 },
      );
    });

    test('nobody makes a key that may more than they do', async () => {
      const { apiKeys, acting, workspace } = accounts;
      const { tenantId, others } = await workspace(['editor']);
      const byEditor = await acting(others[0] ?? '', tenantId);
      for (const wider of permissions.filter((one) => !rolePermissions.editor.includes(one))) {
        const asked = apiKeys.create(byEditor, { name: 'wide', scopes: ['jobs:read', wider] });
        await assert.rejects(asked, isCode('FORBIDDEN'), wider);
      }
    });

    test('a key cannot change itself, nor make or reach one that may more', async () => {
      const { apiKeys } = accounts;
      const { by } = await owned();
      const made = await apiKeys.create(by, { name: 'narrow', scopes, requestsPerMinute: 5, expiresAt: inDays(1) });
      const wide = await apiKeys.create(by, { name: 'wide', scopes: rolePermissions.owner });
      const equal = await apiKeys.create(by, { name: 'equal', scopes });
      const byKey = await asKey(made);
      await assert.rejects(apiKeys.update(byKey, made.id, { scopes }), isCode('FORBIDDEN'));
      await assert.rejects(apiKeys.update(byKey, made.id, { requestsPerMinute: null }), isCode('FORBIDDEN'));
      await assert.rejects(apiKeys.update(byKey, made.id, { expiresAt: null }), isCode('FORBIDDEN'));
      assert.equal((await apiKeys.update(byKey, made.id, { name: 'renamed' })).name, 'renamed');
      for (const change of [
        () => apiKeys.create(byKey, { name: 'wider', scopes: ['assets:read'] }),
        () => apiKeys.update(byKey, equal.id, { scopes: ['assets:read'] }),
        () => apiKeys.update(byKey, wide.id, { name: 'mine' }),
        () => apiKeys.rotate(byKey, wide.id, 0),
        () => apiKeys.rotate(byKey, equal.id, 0),
        () => apiKeys.revoke(byKey, wide.id),
      ]) {
        await assert.rejects(change(), isCode('FORBIDDEN'));
      }
      const child = await apiKeys.create(byKey, { name: 'child', scopes: ['jobs:read'], requestsPerMinute: 50 });
      assert.deepEqual([child.requestsPerMinute, child.expiresAt], [5, made.expiresAt]);
      const widened = await apiKeys.update(byKey, child.id, { requestsPerMinute: null, expiresAt: null });
      assert.deepEqual([widened.requestsPerMinute, widened.expiresAt], [5, made.expiresAt]);
      assert.ok(await use(await apiKeys.rotate(byKey, made.id, 0)));
    });

    test('after a rotation both secrets hold for the overlap, and the new one from then on', async () => {
      const { apiKeys, deps } = accounts;
      const { by } = await owned();
      const first = await apiKeys.create(by, { name: 'CI', scopes });
      const second = await apiKeys.rotate(by, first.id, 3_600);
      assert.equal(second.id, first.id);
      assert.notEqual(second.key, first.key);
      assert.ok((await use(first)) && (await use(second)));
      const overlapMs = Number(second.previousUntil) - Date.now();
      assert.ok(first.previousUntil === null && Math.abs(overlapMs - 3_600_000) < 60_000);
      const third = await apiKeys.rotate(by, first.id, 3_600);
      await assert.rejects(use(first), isCode('UNAUTHENTICATED'));
      assert.ok((await use(second)) && (await use(third)));
      const past = sql<Date>`now() - interval '1 second'`;
      await deps.db.updateTable('api_keys').set({ previous_until: past }).where('id', '=', first.id).execute();
      accounts.fanOut.tell('access-changed', []);
      await assert.rejects(use(second), isCode('UNAUTHENTICATED'));
      const fourth = await apiKeys.rotate(by, first.id, 0);
      assert.equal(fourth.previousUntil, null);
      await assert.rejects(use(third), isCode('UNAUTHENTICATED'));
      assert.ok(await use(fourth));
    });

    test('a key that was revoked, or is over, opens nothing', async () => {
      const { apiKeys, deps } = accounts;
      const { tenantId, by } = await owned();
      const revoked = await apiKeys.create(by, { name: 'revoked', scopes });
      const rotated = await apiKeys.rotate(by, revoked.id, 3_600);
      assert.ok(await use(rotated));
      await apiKeys.revoke(by, revoked.id);
      for (const key of [revoked, rotated]) await assert.rejects(use(key), isCode('UNAUTHENTICATED'));
      for (const change of [
        () => apiKeys.revoke(by, revoked.id),
        () => apiKeys.rotate(by, revoked.id, 0),
        () => apiKeys.update(by, revoked.id, { name: 'x' }),
      ]) {
        await assert.rejects(change(), isCode('KEY_NOT_FOUND'));
      }
      const [listed] = await apiKeys.list(tenantId);
      assert.ok(listed?.revokedAt instanceof Date);

      await assert.rejects(
        apiKeys.create(by, { name: 'past', scopes, expiresAt: inDays(-1) }),
        isCode('INVALID_PARAMETERS'),
      );
      const ending = await apiKeys.create(by, { name: 'ending', scopes, expiresAt: inDays(1) });
      assert.ok(await use(ending));
      const past = sql<Date>`now() - interval '1 second'`;
      await deps.db.updateTable('api_keys').set({ expires_at: past }).where('id', '=', ending.id).execute();
      accounts.fanOut.tell('access-changed', [ending.id]);
      await assert.rejects(use(ending), isCode('UNAUTHENTICATED'));
    });

    test('others’ keys are not there', async () => {
      const { apiKeys } = accounts;
      const [own, other] = [await owned(), await owned()];
      const theirs = await apiKeys.create(other.by, { name: 'theirs', scopes });
      for (const id of [theirs.id, newId(), '%', '']) {
        await assert.rejects(apiKeys.revoke(own.by, id), isCode('KEY_NOT_FOUND'));
        await assert.rejects(apiKeys.rotate(own.by, id, 0), isCode('KEY_NOT_FOUND'));
        await assert.rejects(apiKeys.update(own.by, id, { name: 'mine' }), isCode('KEY_NOT_FOUND'));
      }
      assert.deepEqual(await apiKeys.list(own.tenantId), []);
      assert.ok(await use(theirs));
    });

    test('there are no more keys than the limit; revoked ones do not count', async () => {
      const { apiKeys } = accounts;
      const { by } = await owned();
      const made: NewApiKey[] = [];
      for (let at = 0; at < 8; at += 1) made.push(await apiKeys.create(by, { name: `${at}`, scopes }));
      await assert.rejects(apiKeys.create(by, { name: 'more', scopes }), isCode('KEY_LIMIT'));
      await apiKeys.revoke(by, made[0]?.id ?? '');
      await apiKeys.create(by, { name: 'more', scopes });
    });

    test('the keys of somebody who may not sign in open nothing', async () => {
      const { owner, by } = await owned();
      const made = await accounts.apiKeys.create(by, { name: 'CI', scopes });
      assert.ok(await use(made));
      accounts.disabled.add(owner);
      accounts.fanOut.tell('access-changed', [owner]);
      await assert.rejects(use(made), isCode('UNAUTHENTICATED'));
    });

    test('who takes a key over by rotating it answers for it', async () => {
      const { apiKeys, members, acting, workspace } = accounts;
      const { tenantId, owner, others } = await workspace(['admin']);
      const [admin = ''] = others;
      const byAdmin = await acting(admin, tenantId);
      const made = await apiKeys.create(await acting(owner, tenantId), { name: 'CI', scopes });
      const taken = await apiKeys.rotate(byAdmin, made.id, 0);
      assert.equal(taken.createdBy, admin);
      await members.remove(await acting(owner, tenantId), admin);
      await assert.rejects(use(taken), isCode('UNAUTHENTICATED'));
    });

    test('a key that the owner of the machine made holds until it is revoked', async () => {
      const { tenantId } = await owned();
      const held = { kind: 'local', permissions: new Set(permissions) } as const;
      const by = await accounts.acting(operatorUserId, tenantId, held);
      const made = await accounts.apiKeys.create(by, { name: 'metrics', scopes: ['instance:read', 'jobs:read'] });
      assert.deepEqual([...((await use(made))?.permissions ?? [])], ['instance:read', 'jobs:read']);
      await accounts.apiKeys.revoke(by, made.id);
      await assert.rejects(use(made), isCode('UNAUTHENTICATED'));
    });

    test('when keys were last used is written down for many at once', async () => {
      const { apiKeys, deps } = accounts;
      const { tenantId, by } = await owned();
      const [one, two, unused] = await Promise.all(
        ['one', 'two', 'unused'].map((name) => apiKeys.create(by, { name, scopes })),
      );
      const uses = createLastUses(deps.db, { onError: (error) => assert.fail(String(error)) });
      for (const id of [one?.id, two?.id, one?.id, 'gone']) uses.note(id ?? '');
      assert.ok((await apiKeys.list(tenantId)).every(({ lastUsedAt }) => lastUsedAt === null));
      await uses.close();
      const used = new Map((await apiKeys.list(tenantId)).map(({ id, lastUsedAt }) => [id, lastUsedAt]));
      for (const key of [one, two]) {
        const at = used.get(key?.id ?? '');
        assert.ok(at instanceof Date && Math.abs(at.getTime() - Date.now()) < 60_000);
      }
      assert.equal(used.get(unused?.id ?? ''), null);
    });
  });
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}
