import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { localTenantId } from '#database/local-tenant.ts';
import { newId } from '#kernel/ids.ts';
import { isCode } from '../../../test/support/is-code.ts';
import { rolePermissions } from '../permissions.ts';
import { openTestAccounts, type TestAccounts, type TestEngines } from '../test-accounts.ts';

/** Who belongs where, on one database. */
export function testMembers(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`members: ${name}`, { timeout: 120_000 }, () => {
    let accounts: TestAccounts;
    before(async () => {
      accounts = openTestAccounts(await makeEngines());
    });
    after(() => accounts.close());

    test('the first workspace takes over what was used without signing in, once', async () => {
      const { memberships } = accounts;
      const people = [newId(), newId()];
      const made = await Promise.all(people.map((id) => memberships.found('Studio', id, { first: true })));
      assert.equal(made.filter((id) => id === localTenantId).length, 1);
      assert.equal(new Set(made).size, 2);
      for (const [at, id] of people.entries()) {
        const [one, ...others] = await memberships.of(id);
        assert.deepEqual([one?.tenantId, one?.tenantName, one?.role, others], [made[at], 'Studio', 'owner', []]);
        assert.deepEqual(one?.permissions, rolePermissions.owner);
      }
      assert.ok(accounts.told.some((ids) => ids.includes(people[0] ?? '')));
    });

    test('a person may belong to several workspaces, oldest first', async () => {
      const { memberships } = accounts;
      const person = newId();
      const ids = [await memberships.found('one', person), await memberships.found('two', person)];
      const found = await memberships.of(person);
      assert.deepEqual(
        found.map(({ tenantId }) => tenantId),
        ids,
      );
      assert.deepEqual(await memberships.of(newId()), []);
    });

    test('an invitation makes a member, once, and only of whom it is for', async () => {
      const { invitations, memberships, acting, workspace } = accounts;
      const { tenantId, owner } = await workspace();
      const made = await invitations.create(await acting(owner, tenantId), {
        email: ' Ana@Example.COM ',
        role: 'editor',
      });
      assert.equal(made.email, 'ana@example.com');
      const days = (made.expiresAt.getTime() - Date.now()) / 86_400_000;
      assert.ok(days > 6.99 && days < 7.01, `${days} days`);
      const { token, ...shown } = made;
      assert.deepEqual(await invitations.list(tenantId), [shown]);
      const found = await invitations.find(token);
      assert.deepEqual([found?.email, found?.tenantId, found?.role], ['ana@example.com', tenantId, 'editor']);
      const ana = { id: newId(), email: 'ANA@example.com' };
      const other = { id: newId(), email: 'bia@example.com' };
      await assert.rejects(invitations.accept(token, other), isCode('FORBIDDEN'));
      const ends = await Promise.allSettled([invitations.accept(token, ana), invitations.accept(token, ana)]);
      assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      assert.equal(await invitations.find(token), undefined);
      await assert.rejects(invitations.accept(token, ana), isCode('INVITATION_NOT_FOUND'));
      const [membership] = await memberships.of(ana.id);
      assert.deepEqual([membership?.tenantId, membership?.role], [tenantId, 'editor']);
      assert.deepEqual(await memberships.of(other.id), []);
      assert.deepEqual(
        accounts.acts.filter((act) => act.tenantId === tenantId).map(({ action }) => action),
        ['tenant.created', 'member.invited', 'member.joined'],
      );
    });

    test('the token is nowhere in the database', async () => {
      const { invitations, acting, workspace, deps } = accounts;
      const { tenantId, owner } = await workspace();
      const { token } = await invitations.create(await acting(owner, tenantId), {
        email: 'a@b.example',
        role: 'viewer',
      });
      const rows = await deps.db.selectFrom('invitations').selectAll().where('tenant_id', '=', tenantId).execute();
      assert.equal(rows.length, 1);
      assert.ok(!JSON.stringify(rows).includes(token));
    });

    test('an invitation ends: by time, when it is taken back, when a newer one is sent, when its giver is gone', async () => {
      const { invitations, members, acting, workspace, deps } = accounts;
      const { tenantId, owner, others } = await workspace(['admin']);
      const [admin = ''] = others;
      const byOwner = await acting(owner, tenantId);
      const invite = (email: string, by = byOwner) => invitations.create(by, { email, role: 'viewer' });

      const old = await invite('old@example.com');
      const past = sql<Date>`now() - interval '1 second'`;
      await deps.db.updateTable('invitations').set({ expires_at: past }).where('id', '=', old.id).execute();
      const revoked = await invite('revoked@example.com');
      await invitations.revoke(byOwner, revoked.id);
      await assert.rejects(invitations.revoke(byOwner, revoked.id), isCode('INVITATION_NOT_FOUND'));
      const replaced = await invite('twice@example.com');
      const newer = await invite('twice@example.com');
      const ofAdmin = await invite('late@example.com', await acting(admin, tenantId));
      assert.ok(await invitations.find(ofAdmin.token));
      await members.changeRole(byOwner, admin, 'editor');
      assert.ok(await invitations.find(ofAdmin.token), 'an editor may all that a viewer may');
      await members.remove(byOwner, admin);
      for (const { token } of [old, revoked, replaced, ofAdmin]) {
        assert.equal(await invitations.find(token), undefined);
        await assert.rejects(
          invitations.accept(token, { id: newId(), email: 'old@example.com' }),
          isCode('INVITATION_NOT_FOUND'),
        );
      }
      assert.equal((await invitations.find(newer.token))?.email, 'twice@example.com');
      for (const token of ['', 'x', newer.token.slice(1), `${newer.token}0`, `%${newer.token}`]) {
        assert.equal(await invitations.find(token), undefined);
      }
    });

    test('there are no more open invitations than the limit', async () => {
      const { invitations, acting, workspace } = accounts;
      const { tenantId, owner } = await workspace();
      const by = await acting(owner, tenantId);
      const invite = (at: number) => invitations.create(by, { email: `${at}@example.com`, role: 'viewer' });
      for (let at = 0; at < 5; at += 1) await invite(at);
      await assert.rejects(invite(5), isCode('INVITATION_LIMIT'));
      await invite(4);
    });

    test('nobody gives what they do not have', async () => {
      const { invitations, members, acting, workspace } = accounts;
      const { tenantId, owner, others } = await workspace(['admin', 'editor']);
      const [admin = '', editor = ''] = others;
      const byAdmin = await acting(admin, tenantId);
      const invited = { email: 'new@example.com', role: 'owner' };
      await assert.rejects(invitations.create(byAdmin, invited), isCode('FORBIDDEN'));
      await assert.rejects(invitations.create(byAdmin, { ...invited, role: 'none' }), isCode('ROLE_NOT_FOUND'));
      await assert.rejects(invitations.create(byAdmin, { ...invited, email: 'none' }), isCode('INVALID_PARAMETERS'));
      await assert.rejects(members.changeRole(byAdmin, editor, 'owner'), isCode('FORBIDDEN'));
      await assert.rejects(members.changeRole(byAdmin, admin, 'owner'), isCode('FORBIDDEN'));
      await assert.rejects(members.changeRole(byAdmin, owner, 'viewer'), isCode('FORBIDDEN'));
      await assert.rejects(members.remove(byAdmin, owner), isCode('FORBIDDEN'));
      await members.changeRole(byAdmin, editor, 'viewer');
      await members.changeRole(byAdmin, editor, 'admin');
      await members.remove(byAdmin, editor);
    });

    test('a workspace keeps an owner', async () => {
      const { members, memberships, acting, workspace } = accounts;
      const { tenantId, owner, others } = await workspace(['owner']);
      const [second = ''] = others;
      const [byFirst, bySecond] = [await acting(owner, tenantId), await acting(second, tenantId)];
      // Both at once: one of them stays.
      const ends = await Promise.allSettled([members.leave(byFirst), members.leave(bySecond)]);
      const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      assert.equal(refused.length, 1);
      assert.ok(isCode('LAST_OWNER')(refused[0]));
      const [left] = await members.list(tenantId);
      const last = await acting(left?.userId ?? '', tenantId);
      assert.equal(left?.role, 'owner');
      await assert.rejects(members.changeRole(last, left.userId, 'viewer'), isCode('LAST_OWNER'));
      await assert.rejects(members.remove(last, left.userId), isCode('LAST_OWNER'));
      assert.equal((await memberships.of(left.userId)).length, 1);
    });

    test('others’ members are nobody', async () => {
      const { members, invitations, acting, workspace } = accounts;
      const [own, foreign] = [await workspace(['viewer']), await workspace(['viewer'])];
      const by = await acting(own.owner, own.tenantId);
      const [stranger = ''] = foreign.others;
      const invited = { email: 'x@example.com', role: 'viewer' };
      const theirs = await invitations.create(await acting(foreign.owner, foreign.tenantId), invited);
      for (const id of [stranger, newId(), 'x', '%']) {
        await assert.rejects(members.remove(by, id), isCode('MEMBER_NOT_FOUND'));
        await assert.rejects(members.changeRole(by, id, 'viewer'), isCode('MEMBER_NOT_FOUND'));
      }
      await assert.rejects(invitations.revoke(by, theirs.id), isCode('INVITATION_NOT_FOUND'));
      const listed = await members.list(own.tenantId);
      assert.deepEqual(
        listed.map(({ userId, role }) => [userId, role]),
        [
          [own.owner, 'owner'],
          [own.others[0], 'viewer'],
        ],
      );
    });
  });
}
