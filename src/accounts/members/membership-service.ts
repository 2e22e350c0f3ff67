import { type Kysely, sql, type Transaction } from 'kysely';
import { localTenantId } from '#database/local-tenant.ts';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import type { AccessDeps } from '../access-deps.ts';
import { holdTenant, permissionsOf } from '../roles/role-permissions.ts';
import type { FoundOptions, Membership, Memberships } from './membership.ts';

/** Workspaces that one person belongs to: all of them are read to know what somebody may. */
export const maxMembershipsPerUser = 100;

export function createMemberships({ db, fanOut, audit }: Omit<AccessDeps, 'tenantDb'>): Memberships {
  /** In one transaction with its owner: nobody ever sees a workspace without one. */
  async function found(id: string, name: string, ownerUserId: string, { first, by }: FoundOptions): Promise<boolean> {
    return await db.transaction().execute(async (trx) => {
      const isThere =
        first === true ? await takeOver(trx, id, name, ownerUserId) : await insert(trx, id, name, ownerUserId);
      if (!isThere) return false;
      await addMember(trx, {
        tenantId: id,
        userId: ownerUserId,
        role: 'owner',
        by: by?.principal.userId ?? ownerUserId,
      });
      await audit.record(
        {
          tenantId: id,
          by: by?.principal ?? { kind: 'user', userId: ownerUserId, credentialId: '' },
          action: 'tenant.created',
          subject: { kind: 'tenant', id },
          after: { name, owner: ownerUserId },
          origin: by?.origin,
        },
        trx,
      );
      return true;
    });
  }

  return {
    of: (userId) => membershipsOf(db, userId),

    async found(name, ownerUserId, options = {}) {
      await checkRoom(db, ownerUserId);
      const newTenantId = newId();
      const { first: _, ...others } = options;
      const tookOver = options.first === true && (await found(localTenantId, name, ownerUserId, options));
      if (!tookOver) await found(newTenantId, name, ownerUserId, others);
      const tenantId = tookOver ? localTenantId : newTenantId;
      fanOut.tell('access-changed', [ownerUserId, tenantId]);
      return tenantId;
    },
  };
}

/** Oldest first. */
export async function membershipsOf(db: Kysely<Database>, userId: string): Promise<Membership[]> {
  const rows = await db
    .selectFrom('members')
    .innerJoin('tenants', 'tenants.id', 'members.tenant_id')
    .leftJoin('roles', (join) =>
      join.onRef('roles.tenant_id', '=', 'members.tenant_id').onRef('roles.name', '=', 'members.role'),
    )
    .select(['members.tenant_id', 'tenants.name', 'members.role', 'roles.permissions'])
    .where('members.user_id', '=', userId)
    .orderBy('members.created_at')
    .orderBy('members.tenant_id')
    .limit(maxMembershipsPerUser)
    .execute();
  return rows.map(({ tenant_id, name, role, permissions }) => ({
    tenantId: tenant_id,
    tenantName: name,
    role,
    permissions: permissionsOf(role, permissions),
  }));
}

export interface NewMember {
  readonly tenantId: string;
  readonly userId: string;
  readonly role: string;
  /** Who lets them in. */
  readonly by: string;
}

/** @returns false for somebody who is one already, and stays as they are */
export async function addMember(
  trx: Transaction<Database>,
  { tenantId, userId, role, by }: NewMember,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await trx
    .insertInto('members')
    .values({ tenant_id: tenantId, user_id: userId, role, created_by: by, updated_by: by })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

/** @throws AppError TENANT_LIMIT */
export async function checkRoom(db: Kysely<Database>, userId: string): Promise<void> {
  const { count } = await db
    .selectFrom('members')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  if (count < maxMembershipsPerUser) return;
  throw new AppError('TENANT_LIMIT', `Nobody can belong to more than ${maxMembershipsPerUser} workspaces. Leave one.`);
}

async function insert(trx: Transaction<Database>, id: string, name: string, userId: string): Promise<boolean> {
  await trx.insertInto('tenants').values({ id, name, created_by: userId, updated_by: userId }).execute();
  return true;
}

/** @returns false when somebody belongs to it already */
async function takeOver(trx: Transaction<Database>, id: string, name: string, userId: string): Promise<boolean> {
  await holdTenant(trx, id);
  // Of two who come at once, the second sees the first.
  const member = await trx.selectFrom('members').select('user_id').where('tenant_id', '=', id).executeTakeFirst();
  if (member !== undefined) return false;
  await trx
    .updateTable('tenants')
    .set({ name, updated_by: userId, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  return true;
}
