import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import { isErrorCode } from '#kernel/errors.ts';

/** How far the database has come: what a reader has seen, and where it goes on. */
export interface Position {
  /** Which transactions had ended, as PostgreSQL writes it. */
  readonly snapshot: string;
  /** Every transaction with a lower number had ended. */
  readonly horizon: number;
}

export interface Changes {
  readonly jobs: readonly JobChange[];
  readonly removals: readonly Removal[];
  /** There are more than were asked for. */
  readonly more: boolean;
}

/** A job as it is now. */
export interface JobChange {
  readonly id: string;
  readonly tenantId: string;
  /** The transaction that made it so. */
  readonly change: number;
  readonly status: Database['jobs']['status'];
  readonly processor: string;
  readonly priority: Database['jobs']['priority'];
  readonly progress: number;
  readonly attempts: number;
  readonly batchId: string | null;
  readonly cached: boolean;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface Removal {
  readonly kind: 'job' | 'batch';
  readonly id: string;
  readonly tenantId: string;
  readonly change: number;
}

export interface BatchChange {
  readonly id: string;
  readonly tenantId: string;
  readonly processor: string;
  readonly total: number;
  readonly queued: number;
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of those that run, added up. */
  readonly activeProgress: number;
  readonly createdAt: string;
  readonly lastFinishedAt: string | null;
}

type Db = Kysely<Database>;

export async function readPosition(db: Db): Promise<Position> {
  const { rows } = await sql<{ snapshot: string; horizon: string }>`select ${here}`.execute(db);
  return toPosition(rows[0]);
}

/**
 * What transactions have changed that had not ended at `since`, whether their numbers are high or low: one that takes
 * long hides nothing of the others, and is not forgotten.
 *
 * @param limit of each, jobs and removals
 * @returns oldest first; and the position from which to go on
 */
export async function readChanges(db: Db, since: Position, limit: number): Promise<Changes & { position: Position }> {
  const isNew = sql`change >= ${since.horizon}::text::xid8
    and not pg_visible_in_snapshot(change, ${since.snapshot}::pg_snapshot) and ${ofThisDatabase}`;
  const { rows } = await sql<{ snapshot: string; horizon: string } & Lists>`
    select ${here},
      ${listOf(sql`select ${jobColumns} from jobs where ${isNew} and not hidden order by change, id limit ${limit + 1}`)} as jobs,
      ${listOf(sql`select ${removalColumns} from removals where ${isNew} order by change, id limit ${limit + 1}`)} as removals
  `.execute(db);
  return { ...toChanges(rows[0], limit), position: toPosition(rows[0]) };
}

/**
 * What has changed for one tenant at or after a position.
 *
 * @param limit of each, jobs and removals; where there are more, the newest
 * @returns newest first
 */
export async function readTenantChanges(db: Db, tenantId: string, position: number, limit: number): Promise<Changes> {
  const isNew = sql`tenant_id = ${tenantId} and change >= ${position}::text::xid8 and ${ofThisDatabase}`;
  const newest = sql`order by change desc, id desc limit ${limit + 1}`;
  const { rows } = await sql<Lists>`
    select
      ${listOf(sql`select ${jobColumns} from jobs where ${isNew} and not hidden ${newest}`)} as jobs,
      ${listOf(sql`select ${removalColumns} from removals where ${isNew} ${newest}`)} as removals
  `.execute(db);
  return toChanges(rows[0], limit);
}

/** How far batches are, by the rows of their jobs alone. */
export async function readBatches(db: Db, ids: readonly string[]): Promise<readonly BatchChange[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ batches: BatchChange[] }>`
    select ${listOf(sql`
      select batches.id, batches.tenant_id as "tenantId", batches.processor, batches.created_at as "createdAt", tally.*
      from batches cross join lateral (
        select count(*) as total,
          count(*) filter (where status = 'queued') as queued,
          count(*) filter (where status = 'active') as active,
          count(*) filter (where status = 'succeeded') as succeeded,
          count(*) filter (where status = 'failed') as failed,
          count(*) filter (where status = 'cancelled') as cancelled,
          coalesce(sum(progress) filter (where status = 'active'), 0) as "activeProgress",
          max(finished_at) as "lastFinishedAt"
        from jobs where jobs.batch_id = batches.id
      ) as tally
      where batches.id = any (${ids}::uuid[])`)} as batches
  `.execute(db);
  return rows[0]?.batches ?? [];
}

/** Removals are known for so long, and with them what a stream may go on from. */
const keptRemovals = sql.raw(`interval '24 hours'`);

/** Whoever has seen everything below this position can be told of everything since. */
export async function oldestReplayable(db: Db): Promise<number> {
  const { rows } = await sql<{ change: string | null }>`
    select min(change)::text as change from removals where removed_at < now() - ${keptRemovals}`.execute(db);
  return Number(rows[0]?.change ?? 0);
}

/** Forgets old removals but the newest of them, which tells how far that went. @returns how many */
export async function trimRemovals(db: Db): Promise<number> {
  const { numAffectedRows } = await sql`
    with old as (select max(change) as newest from removals where removed_at < now() - ${keptRemovals})
    delete from removals using old where change < old.newest and removed_at < now() - ${keptRemovals}`.execute(db);
  return Number(numAffectedRows ?? 0);
}

const here = sql`pg_current_snapshot()::text as snapshot, pg_snapshot_xmin(pg_current_snapshot())::text as horizon`;

/** In a database that was restored, rows may carry numbers that its transactions have yet to come to. */
const ofThisDatabase = sql`pg_visible_in_snapshot(change, pg_current_snapshot())`;

const jobColumns = sql`id, tenant_id as "tenantId", change, status, processor, priority, progress,
  attempt as attempts, batch_id as "batchId", cached, error_code as "errorCode", error_detail as "errorDetail",
  queued_at as "queuedAt", started_at as "startedAt", finished_at as "finishedAt"`;

const removalColumns = sql`kind, id, tenant_id as "tenantId", change`;

/** All of it in one statement, and so in one snapshot. */
function listOf(query: RawBuilder<unknown>) {
  return sql`(select coalesce(json_agg(row), '[]') from (${query}) as row)`;
}

interface Lists {
  readonly jobs: (Omit<JobChange, 'change'> & { change: string | number })[];
  readonly removals: (Omit<Removal, 'change'> & { change: string | number })[];
}

function toChanges(lists: Lists | undefined, limit: number): Changes {
  const { jobs = [], removals = [] } = lists ?? {};
  const numbered = <Row extends { change: string | number }>(row: Row) => ({ ...row, change: Number(row.change) });
  return {
    jobs: jobs.slice(0, limit).map(numbered),
    removals: removals.slice(0, limit).map(numbered),
    more: jobs.length > limit || removals.length > limit,
  };
}

function toPosition(row: { snapshot: string; horizon: string } | undefined): Position {
  if (row === undefined) throw new Error('the database did not say where it is');
  return { snapshot: row.snapshot, horizon: Number(row.horizon) };
}

/** What a job's row says went wrong; codes of newer versions are shown as a failure. */
export function errorOf({ errorCode, errorDetail }: JobChange) {
  if (errorCode === null) return undefined;
  return { code: isErrorCode(errorCode) ? errorCode : ('JOB_FAILED' as const), detail: errorDetail ?? '' };
}
