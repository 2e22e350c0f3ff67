import type { Kysely, Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { type BuiltInRole, builtInRoles, isPermission, type Permission, rolePermissions } from '../permissions.ts';

export function isBuiltInRole(name: string): name is BuiltInRole {
  return (builtInRoles as readonly string[]).includes(name);
}

/** What a tenant may give to its members. */
export function isTenantPermission(text: string): text is Permission {
  return isPermission(text) && !text.startsWith('instance:');
}

/** @param own what the tenant's own role of this name holds; null: it has none */
export function permissionsOf(role: string, own: readonly string[] | null): readonly Permission[] {
  return isBuiltInRole(role) ? rolePermissions[role] : (own ?? []).filter(isTenantPermission);
}

/**
 * What a role of a tenant holds.
 *
 * @param db a transaction: the role stays as it is until that ends
 * @throws AppError ROLE_NOT_FOUND
 */
export async function findRole(
  db: Transaction<Database>,
  tenantId: string,
  name: string,
): Promise<readonly Permission[]> {
  if (isBuiltInRole(name)) return rolePermissions[name];
  const row = await db
    .selectFrom('roles')
    .select('permissions')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .forShare()
    .executeTakeFirst();
  if (row === undefined) {
    throw new AppError('ROLE_NOT_FOUND', `There is no role ${JSON.stringify(name)} here. GET /v1/roles lists them.`);
  }
  return permissionsOf(name, row.permissions);
}

/** @throws AppError FORBIDDEN naming what of it they lack */
export function checkCovers(held: ReadonlySet<Permission>, asked: Iterable<Permission>, what: string): void {
  const lacking = [...asked].filter((permission) => !held.has(permission));
  if (lacking.length === 0) return;
  throw new AppError('FORBIDDEN', `${what} has permissions that you do not have: ${lacking.join(', ')}.`, {
    extensions: { permission: lacking[0] },
  });
}

/** Held until the transaction ends, so that those who count owners, members or keys do it one after the other. */
export async function holdTenant(db: Transaction<Database>, tenantId: string): Promise<{ readonly name: string }> {
  const row = await db
    .selectFrom('tenants')
    .select('name')
    .where('id', '=', tenantId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new AppError('TENANT_NOT_FOUND', 'There is no such workspace. Choose one of those that you belong to.');
}

export async function countRows(
  db: Kysely<Database>,
  table: 'members' | 'invitations' | 'roles',
  tenantId: string,
): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  return count;
}
