import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';
import type { JobFilter, JobPage } from './job.ts';
import { selectJobs, toJob } from './job-rows.ts';

/** Newest first. Jobs that are made while someone pages do not move the pages: the cursor is the last id seen. */
export async function listJobs(db: Kysely<Database>, actor: Actor, filter: JobFilter): Promise<JobPage> {
  let query = selectJobs(db).where('tenant_id', '=', actor.tenantId).where('hidden', '=', false);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  if (filter.processor !== undefined) query = query.where('processor', '=', filter.processor);
  if (filter.cursor !== undefined) query = query.where('id', '<', idOf(filter.cursor));
  const rows = await query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const items = rows.slice(0, filter.limit).map(toJob);
  const last = rows.length > filter.limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : Buffer.from(last.id).toString('base64url') };
}

function idOf(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (isId(id)) return id;
  throw new AppError('BAD_REQUEST', 'The cursor is not one that a listing returned. Start again without it.');
}
