import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';

/** What is asked of the uploads of all tenants; everything else is done on behalf of the one whose it is. */
export interface UploadIndex {
  /** The library that writes pieces knows ids alone. */
  tenantOf(id: string): Promise<string | undefined>;
  /** Those whose time is over, or that were over a day ago. */
  late(limit: number): Promise<readonly LateUpload[]>;
}

export interface LateUpload {
  readonly id: string;
  readonly tenantId: string;
  readonly isFinished: boolean;
}

export function uploadIndex(db: Kysely<Database>): UploadIndex {
  return {
    async tenantOf(id) {
      const row = await db.selectFrom('uploads').select('tenant_id').where('id', '=', id).executeTakeFirst();
      return row?.tenant_id;
    },
    late: (limit) =>
      db
        .selectFrom('uploads')
        .select(['id', 'tenant_id as tenantId', sql<boolean>`finished_at is not null`.as('isFinished')])
        .where((eb) =>
          eb.or([
            eb('finished_at', 'is', null).and('expires_at', '<', sql<Date>`now()`),
            eb('expires_at', '<', remembered),
          ]),
        )
        .limit(limit)
        .execute(),
  };
}

const remembered = sql<Date>`now() - interval '1 day'`;
