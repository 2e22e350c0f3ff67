import { type ExpressionBuilder, type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import type { ErrorCode } from '#kernel/errors.ts';
import type { JobOutput } from './job.ts';
import type { QueueItem } from './job-queue.ts';

/**
 * Every way in which a job leaves a state, each in one transaction with what it means for the jobs that follow it.
 *
 * An attempt may only settle its job while it is the current one: `id`, `attempt` and `active` together are the
 * fence. Whoever comes late finds no row.
 */
export interface Attempt {
  readonly id: string;
  readonly attempt: number;
}

export interface Reason {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** What is to be told after the transaction is committed. */
export interface Settled {
  /** Jobs that are now terminal: this one and its followers. */
  readonly finished: readonly string[];
  /** A follower that now leads and must be put in line. */
  readonly promoted: QueueItem | null;
}

/** @returns undefined when the attempt is no longer the current one */
export function succeed(db: Kysely<Database>, attempt: Attempt, outputs: readonly JobOutput[]) {
  return db.transaction().execute(async (trx): Promise<Settled | undefined> => {
    const won = await trx
      .updateTable('jobs')
      .set({ status: 'succeeded', progress: 1, finished_at: now(), ...noLease })
      .where(isCurrent(attempt))
      .returning('id')
      .executeTakeFirst();
    if (won === undefined) return undefined;
    const followers = await trx
      .updateTable('jobs')
      .set({ status: 'succeeded', progress: 1, finished_at: now(), cached: true, leader_id: null })
      .where('leader_id', '=', attempt.id)
      .returning('id')
      .execute();
    const finished = [attempt.id, ...followers.map((row) => row.id)];
    const rows = finished.flatMap((id) => outputs.map((output) => outputRow(id, output)));
    for (let at = 0; at < rows.length; at += maxRowsPerInsert) {
      await trx
        .insertInto('job_outputs')
        .values(rows.slice(at, at + maxRowsPerInsert))
        .execute();
    }
    return { finished, promoted: null };
  });
}

/** For good; its followers fail for the same reason. @returns undefined when the attempt is no longer current */
export function fail(db: Kysely<Database>, attempt: Attempt, reason: Reason) {
  return db.transaction().execute(async (trx): Promise<Settled | undefined> => {
    const failed = {
      status: 'failed',
      finished_at: now(),
      error_code: reason.code,
      error_detail: reason.detail,
    } as const;
    const lost = await trx
      .updateTable('jobs')
      .set({ ...failed, ...noLease, failures: sql`failures + 1` })
      .where(isCurrent(attempt))
      .returning('id')
      .executeTakeFirst();
    if (lost === undefined) return undefined;
    const followers = await trx
      .updateTable('jobs')
      .set({ ...failed, leader_id: null })
      .where('leader_id', '=', attempt.id)
      .returning('id')
      .execute();
    return { finished: [attempt.id, ...followers.map((row) => row.id)], promoted: null };
  });
}

/**
 * Back in line, not before `delayMs` have passed.
 *
 * @param failed whether this attempt counts against the job
 * @returns false when the attempt is no longer the current one
 */
export async function requeue(
  db: Kysely<Database>,
  attempt: Attempt,
  delayMs: number,
  failed: boolean,
): Promise<boolean> {
  const row = await db
    .updateTable('jobs')
    .set({
      status: 'queued',
      progress: 0,
      available_at: inMs(delayMs),
      ...noLease,
      ...(failed && { failures: sql`failures + 1` }),
    })
    .where(isCurrent(attempt))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Ends a job that has not ended, whatever it is doing; whoever runs it finds its fence gone.
 *
 * @returns undefined when the job had ended already
 */
export async function cancel(trx: Transaction<Database>, id: string): Promise<Settled | undefined> {
  const cancelled = await trx
    .updateTable('jobs')
    .set(cancelledNow())
    .where('id', '=', id)
    .where('status', 'in', ['queued', 'active'])
    .returning('id')
    .executeTakeFirst();
  return cancelled && { finished: [id], promoted: await promoteFollower(trx, id) };
}

/** What a row becomes that is cancelled. */
export function cancelledNow() {
  return { status: 'cancelled', finished_at: now(), leader_id: null, ...noLease } as const;
}

/** The oldest follower of a job that no longer leads takes its place; the others follow that one. */
export async function promoteFollower(trx: Transaction<Database>, leaderId: string): Promise<QueueItem | null> {
  const heir = await trx
    .selectFrom('jobs')
    .select(['id', 'queue_priority'])
    .where('leader_id', '=', leaderId)
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (heir === undefined) return null;
  await trx.updateTable('jobs').set({ leader_id: null }).where('id', '=', heir.id).execute();
  await trx.updateTable('jobs').set({ leader_id: heir.id }).where('leader_id', '=', leaderId).execute();
  return { id: heir.id, priority: heir.queue_priority };
}

/** What a row becomes that failed or was cancelled and is tried again because somebody said so. */
export function freshStart(actor: Actor) {
  const untouched = { failures: 0, progress: 0, error_code: null, error_detail: null, started_at: null };
  const inLine = { status: 'queued', finished_at: null, available_at: now(), queued_at: now() } as const;
  return { ...untouched, ...inLine, updated_by: actor.userId };
}

/** The database's clock, which all processes share. */
export function now(): RawBuilder<Date> {
  return sql<Date>`now()`;
}

export function inMs(delayMs: number): RawBuilder<Date> {
  return sql<Date>`now() + ${delayMs} * interval '1 millisecond'`;
}

/** Nothing is put off for longer, so a later time was written before the clock went back: it counts as now. */
const longestDelayMs = 60_000;

/** @param earlyMs how far `available_at` is ahead of the database's clock */
export function delayUntil(earlyMs: number): number {
  return earlyMs > longestDelayMs ? 0 : Math.max(0, Math.ceil(earlyMs));
}

/** Whether a job's time has come. */
export function isDue(eb: ExpressionBuilder<Database, 'jobs'>) {
  return eb.or([eb('available_at', '<=', now()), eb('available_at', '>', inMs(longestDelayMs))]);
}

/** PostgreSQL takes 65,535 parameters in one statement; a row has six. */
const maxRowsPerInsert = 1_000;

const noLease = { lease_owner: null, lease_expires_at: null } as const;

function isCurrent({ id, attempt }: Attempt) {
  return (eb: ExpressionBuilder<Database, 'jobs'>) => eb.and({ id, attempt, status: 'active' });
}

function outputRow(jobId: string, output: JobOutput) {
  return {
    job_id: jobId,
    index: output.index,
    media_type: output.mediaType,
    size_bytes: output.sizeBytes,
    sha256: output.sha256,
    data: output.data === null ? null : JSON.stringify(output.data),
  };
}
