import { type Kysely, sql } from 'kysely';
import { grouped } from '#database/grouped.ts';
import type { Database } from '#database/schema.ts';
import { isPermission, type Permission } from '../permissions.ts';

/** What must be known of a key to let somebody in by it. */
export interface KnownKey {
  readonly id: string;
  readonly tenantId: string;
  readonly createdBy: string;
  readonly scopes: readonly Permission[];
  readonly secretHash: string;
  readonly previous: { readonly hash: string; readonly untilMs: number } | undefined;
  /** Infinite for one without end. */
  readonly expiresAtMs: number;
  readonly requestsPerMinute: number | undefined;
}

/**
 * Finds keys of all tenants, many at once in one statement: a crowd of guessed ones takes one connection, not all.
 *
 * @returns undefined for one that is revoked or never was
 */
export function keyFinder(db: Kysely<Database>): (id: string) => Promise<KnownKey | undefined> {
  return grouped(async (ids: readonly string[]) => {
    const rows = await db
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', sql<string>`any(${ids}::text[])`)
      .where('revoked_at', 'is', null)
      .execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => {
      const row = byId.get(id);
      if (row === undefined) return undefined;
      const { previous_hash: hash, previous_until: until } = row;
      return {
        id,
        tenantId: row.tenant_id,
        createdBy: row.created_by,
        scopes: row.scopes.filter(isPermission),
        secretHash: row.secret_hash,
        previous: hash === null || until === null ? undefined : { hash, untilMs: until.getTime() },
        expiresAtMs: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
        requestsPerMinute: row.requests_per_minute ?? undefined,
      };
    });
  });
}
