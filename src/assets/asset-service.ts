import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Insertable } from 'kysely';
import { planRefusal } from '#database/refusals.ts';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import { isId, newId } from '#kernel/ids.ts';
import { noQuota, type Quota } from '#limits/quota.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { Asset, AssetPage, Assets } from './asset.ts';
import { assetNotFound, assetOf } from './asset-rows.ts';
import { displayName } from './display-name.ts';
import type { MediaLimits } from './inspect-media.ts';
import { inspectFile } from './inspect-media.ts';
import { type ReceivedFile, receiveFile } from './receive-file.ts';

export interface AssetServiceOptions {
  readonly tenantDb: TenantDatabase;
  readonly store: ObjectStore;
  /** Exists, on the same file system as a local store: then an upload is moved, not copied. */
  readonly scratchDir: string;
  readonly limits: MediaLimits & { readonly maxUploadBytes: number };
  /** What the plans of tenants allow. Default: everything. */
  readonly quota?: Pick<Quota, 'uploadBytes'>;
}

/** The uploads of every tenant, each visible to its own. */
export function createAssets(options: AssetServiceOptions): Assets {
  const { tenantDb, store, scratchDir, limits, quota = noQuota } = options;
  async function receiveWithin({ tenantId }: Actor, body: Readable): Promise<ReceivedFile> {
    // Whoever is refused here has not read the body, which may fail meanwhile.
    body.on('error', () => {});
    const planned = await quota.uploadBytes(tenantId);
    const maxBytes = Math.min(planned, limits.maxUploadBytes);
    return await receiveFile(body, scratchDir, maxBytes).catch((error: unknown) => {
      const isPlanned = error instanceof AppError && error.code === 'UPLOAD_TOO_LARGE' && maxBytes === planned;
      throw isPlanned ? planRefusal('UPLOAD_TOO_LARGE', { limit: 'uploadBytes', allowed: planned }) : error;
    });
  }

  return {
    async receive(actor: Actor, body: Readable, name: string | null, id = newId()): Promise<Asset> {
      const { path, sha256, sizeBytes } = await receiveWithin(actor, body);
      try {
        const media = await inspectFile(path, limits);
        await store.putFile(sha256, path);
        failpoint('after-asset-put');
        // The object first: a row without its bytes would be a broken promise, bytes without a row are collected.
        const row = {
          id,
          tenant_id: actor.tenantId,
          owner_id: actor.userId,
          sha256,
          media_type: media.mediaType,
          size_bytes: sizeBytes,
          width_px: media.widthPx ?? null,
          height_px: media.heightPx ?? null,
          frames: media.frames ?? null,
          duration_seconds: media.durationSeconds ?? null,
          name: displayName(name),
          created_by: actor.userId,
          updated_by: actor.userId,
        } satisfies Insertable<Database['assets']>;
        const [written] = await tenantDb.execute(actor.tenantId, (db) =>
          db
            .insertInto('assets')
            .values(row)
            .onConflict((conflict) => conflict.column('id').doNothing())
            .returningAll(),
        );
        return written === undefined ? await this.get(actor, id) : assetOf(written);
      } finally {
        await rm(path, { force: true });
      }
    },

    async get(actor: Actor, id: string): Promise<Asset> {
      if (!isId(id)) throw assetNotFound();
      const [row] = await tenantDb.execute(actor.tenantId, (db) =>
        db.selectFrom('assets').selectAll().where('tenant_id', '=', actor.tenantId).where('id', '=', id),
      );
      if (row === undefined) throw assetNotFound();
      return assetOf(row);
    },

    /** Newest first; ids grow with time, so the last id of a page is where the next one begins. */
    async list(actor: Actor, { cursor, limit }): Promise<AssetPage> {
      if (cursor !== undefined && !isId(cursor)) {
        throw new AppError(
          'INVALID_PARAMETERS',
          'The cursor is not one that a list of assets gave. Start without one.',
        );
      }
      const rows = await tenantDb.execute(actor.tenantId, (db) => {
        const own = db.selectFrom('assets').selectAll().where('tenant_id', '=', actor.tenantId);
        let query = own.where('pipeline_id', 'is', null);
        if (cursor !== undefined) query = query.where('id', '<', cursor);
        return query.orderBy('id', 'desc').limit(limit + 1);
      });
      const items = rows.slice(0, limit).map(assetOf);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async remove(actor: Actor, id: string): Promise<void> {
      if (!isId(id)) throw assetNotFound();
      const removed = await tenantDb.execute(actor.tenantId, (db) =>
        db.deleteFrom('assets').where('tenant_id', '=', actor.tenantId).where('id', '=', id).returning('id'),
      );
      if (removed.length === 0) throw assetNotFound();
    },
  };
}
