import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import { isId } from '#kernel/ids.ts';
import type { FoundAsset } from './asset.ts';
import { assetNotFound, assetOf } from './asset-rows.ts';

/** Whoever it belongs to, for an address that somebody signed who could get it. @throws AppError ASSET_NOT_FOUND */
export async function findAsset(db: Kysely<Database>, id: string): Promise<FoundAsset> {
  const row = isId(id) ? await db.selectFrom('assets').selectAll().where('id', '=', id).executeTakeFirst() : undefined;
  if (row === undefined) throw assetNotFound();
  return { asset: assetOf(row), owner: { tenantId: row.tenant_id, userId: row.owner_id } };
}
