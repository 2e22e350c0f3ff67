import { sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import type { AccessDeps } from '../access-deps.ts';
import { type Acting, actOf } from '../acting.ts';
import { nameText } from '../name-text.ts';
import { builtInRoles, type Permission, rolePermissions } from '../permissions.ts';
import {
  checkCovers,
  countRows,
  findRole,
  holdTenant,
  isBuiltInRole,
  isTenantPermission,
  permissionsOf,
} from './role-permissions.ts';

export interface Role {
  readonly name: string;
  readonly builtIn: boolean;
  readonly permissions: readonly Permission[];
}

/** What members may, under a name. Nobody makes, changes or removes a role that holds more than they do. */
export interface Roles {
  /** Those that come with the program, then the tenant's own. */
  list(tenantId: string): Promise<Role[]>;
  /** @throws AppError FORBIDDEN, INVALID_PARAMETERS, ROLE_NAME_TAKEN, ROLE_LIMIT */
  create(by: Acting, role: Pick<Role, 'name' | 'permissions'>): Promise<Role>;
  /** Everybody who has it may from now on what is given here. @throws AppError ROLE_NOT_FOUND, ROLE_BUILT_IN, FORBIDDEN */
  replace(by: Acting, name: string, permissions: readonly Permission[]): Promise<Role>;
  /**
   * @param replaceWith the role that those get who have it
   * @throws AppError ROLE_NOT_FOUND, ROLE_BUILT_IN, FORBIDDEN, ROLE_IN_USE when somebody has it and nothing replaces it
   */
  remove(by: Acting, name: string, replaceWith?: string): Promise<void>;
}

export interface RoleLimits {
  readonly maxRoles?: number;
}

const maxNameLength = 50;

export function createRoles({ tenantDb, fanOut, audit }: AccessDeps, { maxRoles = 50 }: RoleLimits = {}): Roles {
  /** One transaction in which nobody else changes who has which role; everybody is told after it. */
  async function change<T>({ principal }: Acting, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
    const { tenantId } = principal;
    const answer = await tenantDb.run(tenantId, async (trx) => {
      await holdTenant(trx, tenantId);
      return await work(trx);
    });
    fanOut.tell('access-changed', [tenantId]);
    return answer;
  }

  return {
    list: (tenantId) =>
      tenantDb.run(tenantId, async (trx) => {
        const own = await trx
          .selectFrom('roles')
          .select(['name', 'permissions'])
          .where('tenant_id', '=', tenantId)
          .orderBy('name')
          .execute();
        return [
          ...builtInRoles.map((name) => ({ name, builtIn: true, permissions: rolePermissions[name] })),
          ...own.map(({ name, permissions }) => toRole(name, permissionsOf(name, permissions))),
        ];
      }),

    create: (by, { name: asked, permissions }) =>
      change(by, async (trx) => {
        const { tenantId, userId } = by.principal;
        const name = nameText('name', asked, maxNameLength);
        checkGrantable(by, permissions);
        if ((await countRows(trx, 'roles', tenantId)) >= maxRoles) {
          throw new AppError('ROLE_LIMIT', `There are ${maxRoles} roles, the limit. Remove some that nobody has.`);
        }
        const made = isBuiltInRole(name)
          ? undefined
          : await trx
              .insertInto('roles')
              .values({
                tenant_id: tenantId,
                name,
                permissions: permissionsText(permissions),
                created_by: userId,
                updated_by: userId,
              })
              .onConflict((conflict) => conflict.doNothing())
              .returning('name')
              .executeTakeFirst();
        if (made === undefined) {
          throw new AppError(
            'ROLE_NAME_TAKEN',
            `There is a role ${JSON.stringify(name)} already. Choose another name.`,
          );
        }
        const subject = { kind: 'role', id: name };
        await audit.record(actOf(by, 'role.created', subject, { after: { permissions } }), trx);
        return toRole(name, permissions);
      }),

    replace: (by, name, permissions) =>
      change(by, async (trx) => {
        const { tenantId, userId } = by.principal;
        const before = await findOwn(trx, by, name);
        checkGrantable(by, permissions);
        await trx
          .updateTable('roles')
          .set({ permissions: permissionsText(permissions), updated_by: userId, updated_at: sql<Date>`now()` })
          .where('tenant_id', '=', tenantId)
          .where('name', '=', name)
          .execute();
        await audit.record(
          actOf(
            by,
            'role.changed',
            { kind: 'role', id: name },
            { before: { permissions: before }, after: { permissions } },
          ),
          trx,
        );
        return toRole(name, permissions);
      }),

    remove: (by, name, replaceWith) =>
      change(by, async (trx) => {
        const { principal } = by;
        const { tenantId } = principal;
        const before = await findOwn(trx, by, name);
        if (replaceWith === undefined || replaceWith === name) await checkUnused(trx, tenantId, name);
        else {
          checkCovers(principal.permissions, await findRole(trx, tenantId, replaceWith), `The role ${replaceWith}`);
          const role = { role: replaceWith };
          await trx
            .updateTable('members')
            .set(role)
            .where('tenant_id', '=', tenantId)
            .where('role', '=', name)
            .execute();
          await trx
            .updateTable('invitations')
            .set(role)
            .where('tenant_id', '=', tenantId)
            .where('role', '=', name)
            .execute();
        }
        await trx.deleteFrom('roles').where('tenant_id', '=', tenantId).where('name', '=', name).execute();
        await audit.record(
          actOf(
            by,
            'role.removed',
            { kind: 'role', id: name },
            {
              before: { permissions: before },
              after: replaceWith === undefined ? undefined : { replacedWith: replaceWith },
            },
          ),
          trx,
        );
      }),
  };
}

/** The tenant's own role, which holds no more than they do. */
async function findOwn(
  trx: Transaction<Database>,
  { principal }: Acting,
  name: string,
): Promise<readonly Permission[]> {
  if (isBuiltInRole(name)) {
    throw new AppError(
      'ROLE_BUILT_IN',
      `The role ${name} comes with the program and stays as it is. Make one of your own.`,
    );
  }
  const held = await findRole(trx, principal.tenantId, name);
  checkCovers(principal.permissions, held, 'This role');
  return held;
}

function checkGrantable({ principal }: Acting, asked: readonly Permission[]): void {
  const others = asked.filter((permission) => !isTenantPermission(permission));
  if (others.length > 0) {
    throw new AppError(
      'FORBIDDEN',
      `${others.join(', ')} is about the server, and belongs to no role of a workspace.`,
      {
        extensions: { permission: others[0] },
      },
    );
  }
  checkCovers(principal.permissions, asked, 'This role');
}

async function checkUnused(trx: Transaction<Database>, tenantId: string, role: string): Promise<void> {
  const count = async (table: 'members' | 'invitations') => {
    const { count } = await trx
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('tenant_id', '=', tenantId)
      .where('role', '=', role)
      .executeTakeFirstOrThrow();
    return count;
  };
  const [members, invitations] = [await count('members'), await count('invitations')];
  if (members + invitations === 0) return;
  throw new AppError(
    'ROLE_IN_USE',
    `${members} members and ${invitations} open invitations have the role ${role}. Say with replaceWith what they get instead.`,
    { extensions: { members, invitations } },
  );
}

function toRole(name: string, permissions: readonly Permission[]): Role {
  return { name, builtIn: false, permissions: [...new Set(permissions)].sort() };
}

function permissionsText(permissions: readonly Permission[]): string {
  return JSON.stringify([...new Set(permissions)].sort());
}
