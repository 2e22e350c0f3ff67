import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import { isId } from '#kernel/ids.ts';
import { findOutput } from '../find-output.ts';
import type { OpenedShare } from './share.ts';

/**
 * For whoever has the address, which is signed: nobody acts for a tenant here.
 *
 * @returns undefined when the share has ended, was taken back, or its job is gone
 */
export async function openShare(db: Kysely<Database>, id: string): Promise<OpenedShare | undefined> {
  if (!isId(id)) return undefined;
  const share = await db
    .selectFrom('shares')
    .select(['job_id', 'output_index', 'name', 'expires_at'])
    .where('id', '=', id)
    .where(isOpen)
    .executeTakeFirst();
  if (share === undefined) return undefined;
  const output = await findOutput(db, share.job_id, share.output_index);
  return output && { ...output, name: share.name, expiresAt: share.expires_at };
}

export const isOpen = sql<boolean>`revoked_at is null and expires_at > now()`;
