import { afterCursor, cursorOf } from '#database/cursor.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { isId } from '#kernel/ids.ts';
import type { JobFilter, JobPage } from './job.ts';
import { selectJobs, toJob } from './job-rows.ts';

/** Newest first. Jobs that are made while someone pages do not move the pages: the cursor is the last id seen. */
export async function listJobs(tenantDb: TenantDatabase, actor: Actor, filter: JobFilter): Promise<JobPage> {
  if (typeof filter.batch === 'string' && !isId(filter.batch)) return { items: [], nextCursor: null };
  const rows = await tenantDb.execute(actor.tenantId, (db) => {
    let query = selectJobs(db).where('tenant_id', '=', actor.tenantId).where('hidden', '=', false);
    if (filter.status !== undefined) query = query.where('status', '=', filter.status);
    if (filter.processor !== undefined) query = query.where('processor', '=', filter.processor);
    if (filter.batch === null) query = query.where('batch_id', 'is', null);
    else if (filter.batch !== undefined) query = query.where('batch_id', '=', filter.batch);
    if (filter.cursor !== undefined) query = query.where('id', '<', afterCursor(filter.cursor, isId));
    return query.orderBy('id', 'desc').limit(filter.limit + 1);
  });
  const items = rows.slice(0, filter.limit).map(toJob);
  const last = rows.length > filter.limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : cursorOf(last.id) };
}
