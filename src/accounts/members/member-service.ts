import { sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';
import type { AccessDeps } from '../access-deps.ts';
import { type Acting, actOf } from '../acting.ts';
import { checkCovers, findRole, holdTenant } from '../roles/role-permissions.ts';

export interface Member {
  readonly userId: string;
  readonly role: string;
  readonly joinedAt: Date;
  /** What an outside identity provider calls them; people of our own are found elsewhere. */
  readonly outside: { readonly email: string | null; readonly name: string | null } | undefined;
}

export interface Members {
  /** Oldest first. */
  list(tenantId: string): Promise<Member[]>;
  /** @throws AppError MEMBER_NOT_FOUND, ROLE_NOT_FOUND, LAST_OWNER, FORBIDDEN when either role has more than they do */
  changeRole(by: Acting, userId: string, role: string): Promise<void>;
  /** Keys that they have made die with it. @throws AppError MEMBER_NOT_FOUND, LAST_OWNER, FORBIDDEN */
  remove(by: Acting, userId: string): Promise<void>;
  /** @throws AppError MEMBER_NOT_FOUND, LAST_OWNER */
  leave(by: Acting): Promise<void>;
}

/** As many as a tenant may have. */
const maxListed = 1_000;

export function createMembers({ tenantDb, fanOut, audit }: AccessDeps): Members {
  async function remove(by: Acting, userId: string): Promise<void> {
    const { principal } = by;
    const { tenantId } = principal;
    await tenantDb.run(tenantId, async (trx) => {
      await holdTenant(trx, tenantId);
      const role = await roleOf(trx, tenantId, userId);
      // Everybody may leave.
      if (userId !== principal.userId || principal.kind === 'key') {
        checkCovers(principal.permissions, await findRole(trx, tenantId, role), 'This member');
      }
      if (role === 'owner') await checkOtherOwner(trx, tenantId, userId);
      await trx.deleteFrom('members').where('tenant_id', '=', tenantId).where('user_id', '=', userId).execute();
      await audit.record(actOf(by, 'member.removed', { kind: 'member', id: userId }, { before: { role } }), trx);
    });
    fanOut.tell('access-changed', [userId]);
  }

  return {
    list: (tenantId) =>
      tenantDb.run(tenantId, async (trx) => {
        const rows = await trx
          .selectFrom('members')
          .leftJoin('token_users', (join) =>
            join
              .onRef('token_users.tenant_id', '=', 'members.tenant_id')
              .onRef('token_users.user_id', '=', 'members.user_id'),
          )
          .select(['members.user_id', 'role', 'members.created_at', 'issuer', 'email', 'name'])
          .where('members.tenant_id', '=', tenantId)
          .orderBy('members.created_at')
          .orderBy('members.user_id')
          .limit(maxListed)
          .execute();
        return rows.map(({ user_id, role, created_at, issuer, email, name }) => ({
          userId: user_id,
          role,
          joinedAt: created_at,
          outside: issuer === null ? undefined : { email, name },
        }));
      }),

    async changeRole(by, userId, role) {
      const { principal } = by;
      const { tenantId } = principal;
      await tenantDb.run(tenantId, async (trx) => {
        await holdTenant(trx, tenantId);
        const before = await roleOf(trx, tenantId, userId);
        checkCovers(principal.permissions, await findRole(trx, tenantId, role), `The role ${role}`);
        checkCovers(principal.permissions, await findRole(trx, tenantId, before), 'This member');
        if (before === role) return;
        if (before === 'owner') await checkOtherOwner(trx, tenantId, userId);
        await trx
          .updateTable('members')
          .set({ role, updated_by: principal.userId, updated_at: sql<Date>`now()` })
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', userId)
          .execute();
        await audit.record(
          actOf(
            by,
            'member.role-changed',
            { kind: 'member', id: userId },
            { before: { role: before }, after: { role } },
          ),
          trx,
        );
      });
      fanOut.tell('access-changed', [userId]);
    },

    remove,
    leave: (by) => remove(by, by.principal.userId),
  };
}

async function roleOf(trx: Transaction<Database>, tenantId: string, userId: string): Promise<string> {
  const row = isId(userId)
    ? await trx
        .selectFrom('members')
        .select('role')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .executeTakeFirst()
    : undefined;
  if (row !== undefined) return row.role;
  throw new AppError('MEMBER_NOT_FOUND', 'There is no such member in this workspace. GET /v1/members lists them.');
}

async function checkOtherOwner(trx: Transaction<Database>, tenantId: string, userId: string): Promise<void> {
  const other = await trx
    .selectFrom('members')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'owner')
    .where('user_id', '<>', userId)
    .executeTakeFirst();
  if (other === undefined) {
    throw new AppError('LAST_OWNER', 'This is the last owner of the workspace. Make somebody else an owner first.');
  }
}
