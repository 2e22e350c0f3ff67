import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isCode } from '../../../test/support/is-code.ts';
import { builtInRoles, type Permission, rolePermissions } from '../permissions.ts';
import { openTestAccounts, type TestAccounts, type TestEngines } from '../test-accounts.ts';

/** Roles that a workspace makes itself, on one database. */
export function testRoles(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`roles: ${name}`, { timeout: 120_000 }, () => {
    let accounts: TestAccounts;
    before(async () => {
      accounts = openTestAccounts(await makeEngines());
    });
    after(() => accounts.close());

    const uploader: readonly Permission[] = ['assets:read', 'assets:write'];

    async function permissionsOf(userId: string): Promise<readonly Permission[] | undefined> {
      return (await accounts.memberships.of(userId))[0]?.permissions;
    }

    test('those that come with the program are there, and stay', async () => {
      const { roles, acting, workspace } = accounts;
      const { tenantId, owner } = await workspace();
      const listed = await roles.list(tenantId);
      assert.deepEqual(
        listed.map((role) => [role.name, role.builtIn, role.permissions]),
        builtInRoles.map((role) => [role, true, rolePermissions[role]]),
      );
      const by = await acting(owner, tenantId);
      for (const role of builtInRoles) {
        await assert.rejects(roles.create(by, { name: role, permissions: uploader }), isCode('ROLE_NAME_TAKEN'));
        await assert.rejects(roles.replace(by, role, uploader), isCode('ROLE_BUILT_IN'));
        await assert.rejects(roles.remove(by, role), isCode('ROLE_BUILT_IN'));
      }
    });

    test('who has a role may what it holds, from the moment that it changes', async () => {
      const { roles, acting, workspace, join, told } = accounts;
      const { tenantId, owner } = await workspace();
      const by = await acting(owner, tenantId);
      const made = await roles.create(by, { name: ' uploader ', permissions: [...uploader, ...uploader] });
      assert.deepEqual(made, { name: 'uploader', builtIn: false, permissions: uploader });
      await assert.rejects(roles.create(by, { name: 'uploader', permissions: [] }), isCode('ROLE_NAME_TAKEN'));
      const person = await join(by, 'uploader');
      assert.deepEqual(await permissionsOf(person), uploader);
      told.length = 0;
      await roles.replace(by, 'uploader', ['jobs:read']);
      assert.deepEqual(told, [[tenantId]]);
      assert.deepEqual(await permissionsOf(person), ['jobs:read']);
    });

    test('a role that somebody has goes only when another one takes its place', async () => {
      const { roles, invitations, members, acting, workspace, join } = accounts;
      const { tenantId, owner } = await workspace();
      const by = await acting(owner, tenantId);
      await roles.create(by, { name: 'uploader', permissions: uploader });
      const person = await join(by, 'uploader');
      const { token } = await invitations.create(by, { email: 'next@example.com', role: 'uploader' });
      await assert.rejects(roles.remove(by, 'uploader'), (error) => {
        assert.ok(isCode('ROLE_IN_USE')(error));
        assert.deepEqual((error as { extensions?: unknown }).extensions, { members: 1, invitations: 1 });
        return true;
      });
      await assert.rejects(roles.remove(by, 'uploader', 'uploader'), isCode('ROLE_IN_USE'));
      await assert.rejects(roles.remove(by, 'uploader', 'none'), isCode('ROLE_NOT_FOUND'));
      await roles.remove(by, 'uploader', 'viewer');
      assert.deepEqual(await permissionsOf(person), rolePermissions.viewer);
      assert.equal((await invitations.find(token))?.role, 'viewer');
      await assert.rejects(roles.remove(by, 'uploader'), isCode('ROLE_NOT_FOUND'));
      await assert.rejects(members.changeRole(by, person, 'uploader'), isCode('ROLE_NOT_FOUND'));
      await roles.create(by, { name: 'unused', permissions: uploader });
      await roles.remove(by, 'unused');
    });

    test('nobody makes, widens or removes what is more than they have; nothing of the server is in a role', async () => {
      const { roles, acting, workspace } = accounts;
      const { tenantId, owner, others } = await workspace(['admin']);
      const [byOwner, byAdmin] = [await acting(owner, tenantId), await acting(others[0] ?? '', tenantId)];
      const wide = { name: 'wide', permissions: ['tenant:write'] as const };
      await assert.rejects(roles.create(byAdmin, wide), isCode('FORBIDDEN'));
      await roles.create(byOwner, wide);
      await assert.rejects(roles.replace(byAdmin, 'wide', []), isCode('FORBIDDEN'));
      await assert.rejects(roles.remove(byAdmin, 'wide'), isCode('FORBIDDEN'));
      await roles.create(byAdmin, { name: 'own', permissions: uploader });
      await assert.rejects(roles.replace(byAdmin, 'own', ['privacy:write']), isCode('FORBIDDEN'));
      const operator = await acting(owner, tenantId, { permissions: new Set(['instance:read', 'instance:write']) });
      const server = { name: 'server', permissions: ['instance:read'] as const };
      await assert.rejects(roles.create(operator, server), isCode('FORBIDDEN'));
      await assert.rejects(
        accounts.deps.db
          .insertInto('roles')
          .values({
            tenant_id: tenantId,
            name: 'server',
            permissions: JSON.stringify(['assets:read', 'instance:write']),
            created_by: owner,
            updated_by: owner,
          })
          .execute(),
        /roles_permissions_check/,
      );
    });

    test('there are no more than the limit, and others’ are not there', async () => {
      const { roles, acting, workspace } = accounts;
      const { tenantId, owner } = await workspace();
      const by = await acting(owner, tenantId);
      for (const at of [1, 2, 3]) await roles.create(by, { name: `role ${at}`, permissions: uploader });
      await assert.rejects(roles.create(by, { name: 'role 4', permissions: uploader }), isCode('ROLE_LIMIT'));
      for (const bad of ['', ' ', 'x'.repeat(51), 'a\0b', 'a\nb']) {
        await assert.rejects(roles.create(by, { name: bad, permissions: uploader }), isCode('INVALID_PARAMETERS'));
      }
      const other = await workspace();
      const byOther = await acting(other.owner, other.tenantId);
      await assert.rejects(roles.replace(byOther, 'role 1', uploader), isCode('ROLE_NOT_FOUND'));
      await assert.rejects(roles.remove(byOther, 'role 1'), isCode('ROLE_NOT_FOUND'));
      assert.equal((await roles.list(other.tenantId)).length, builtInRoles.length);
    });
  });
}
