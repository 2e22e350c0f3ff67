import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { newId } from '#kernel/ids.ts';

/** Rows as services and workers write them, for tests of what is told of them. */

export async function addTenant(db: Kysely<Database>): Promise<Actor> {
  const actor = { tenantId: newId(), userId: newId() };
  const audit = { created_by: actor.userId, updated_by: actor.userId };
  await db
    .insertInto('tenants')
    .values({ id: actor.tenantId, name: 'a tenant', ...audit })
    .execute();
  return actor;
}

export async function addJobs(
  db: Kysely<Database>,
  actor: Actor,
  count: number,
  more: { readonly hidden?: boolean; readonly batch_id?: string } = {},
): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: newId(),
    tenant_id: actor.tenantId,
    owner_id: actor.userId,
    created_by: actor.userId,
    updated_by: actor.userId,
    processor: 'image.cutout',
    processor_version: 1,
    params: '{}',
    result_key: newId().replaceAll('-', '').padEnd(64, '0'),
    status: 'queued' as const,
    priority: 'normal' as const,
    ...more,
    ...(more.batch_id !== undefined && { batch_index: index }),
  }));
  await db.insertInto('jobs').values(rows).execute();
  return rows.map(({ id }) => id);
}

export async function addBatch(db: Kysely<Database>, actor: Actor, jobs: number): Promise<[string, string[]]> {
  const id = newId();
  return await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('batches')
      .values({
        id,
        tenant_id: actor.tenantId,
        owner_id: actor.userId,
        created_by: actor.userId,
        updated_by: actor.userId,
        processor: 'image.cutout',
      })
      .execute();
    return [id, await addJobs(trx, actor, jobs, { batch_id: id })];
  });
}

export async function startJob(db: Kysely<Database>, id: string): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ status: 'active', attempt: sql`attempt + 1`, started_at: sql<Date>`now()`, ...lease })
    .where('id', '=', id)
    .execute();
}

export async function setProgress(db: Kysely<Database>, id: string, progress: number): Promise<void> {
  await db.updateTable('jobs').set({ progress }).where('id', '=', id).execute();
}

export async function endJob(
  db: Kysely<Database>,
  id: string,
  status: 'succeeded' | 'failed' | 'cancelled' = 'succeeded',
): Promise<void> {
  const error = status === 'failed' ? { error_code: 'NO_SUBJECT', error_detail: 'for the test' } : {};
  await db
    .updateTable('jobs')
    .set({ status, finished_at: sql<Date>`now()`, lease_owner: null, lease_expires_at: null, ...error })
    .where('id', '=', id)
    .execute();
}

const lease = { lease_owner: 'a worker', lease_expires_at: sql<Date>`now() + interval '1 minute'` };
