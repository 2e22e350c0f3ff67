import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';

/**
 * Workspaces that would have no owner without this person; those that are to be erased do not count.
 *
 * @returns their names
 */
export async function ownedAlone(db: Kysely<Database>, userId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select tenants.name from members join tenants on tenants.id = members.tenant_id
    where members.user_id = ${userId} and members.role = 'owner'
      and not exists (
        select from members as other
        where other.tenant_id = members.tenant_id and other.role = 'owner' and other.user_id <> ${userId})
      and not exists (
        select from erasures
        where erasures.scope = 'tenant' and erasures.tenant_id = tenants.id
          and erasures.status in ('pending', 'running'))
    order by tenants.name`.execute(db);
  return rows.map(({ name }) => name);
}

/** @throws AppError LAST_OWNER, with what to do */
export async function checkMayLeave(db: Kysely<Database>, { userId }: { readonly userId: string }): Promise<void> {
  const names = await ownedAlone(db, userId);
  if (names.length === 0) return;
  throw new AppError(
    'LAST_OWNER',
    `You are the last owner of ${names.map((name) => `"${name}"`).join(', ')}. ` +
      'Make somebody else an owner, or have the workspace erased as well: POST /v1/privacy/erasures with of: "tenant".',
  );
}
