import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import type { KeptResults } from '#sandbox/needs.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { keepOutput } from './keep-output.ts';

export interface NeededResultsDeps {
  readonly db: Kysely<Database>;
  readonly store: ObjectStore;
}

/** What a tenant's jobs start from, in the database and the object store: seen by every node. */
export function neededResults({ db, store }: NeededResultsDeps, tenantId: string): KeptResults {
  return {
    scope: tenantId,
    async find(key, dir) {
      const row = await db
        .updateTable('needed_results')
        .set({ used_at: sql<Date>`now()` })
        .where('tenant_id', '=', tenantId)
        .where('result_key', '=', key)
        .returning(['sha256', 'media_type', 'data'])
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const object = await store.checkout(row.sha256, dir).catch((error: unknown) => {
        // Lost from the store: it can be made again, and then the row is right again.
        if (error instanceof AppError && error.code === 'OBJECT_NOT_FOUND') return undefined;
        throw error;
      });
      if (object === undefined) return undefined;
      const { path, release } = object;
      return { path, release, mediaType: row.media_type, ...(row.data !== null && { data: row.data }) };
    },
    async keep(key, output, path) {
      const { sha256, mediaType, sizeBytes, data } = await keepOutput(store, output, path);
      const row = {
        sha256,
        media_type: mediaType,
        size_bytes: sizeBytes,
        data: data === null ? null : JSON.stringify(data),
      };
      await db
        .insertInto('needed_results')
        .values({ tenant_id: tenantId, result_key: key, ...row })
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'result_key']).doUpdateSet({ ...row, used_at: sql<Date>`now()` }),
        )
        .execute();
    },
  };
}
