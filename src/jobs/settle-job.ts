import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Attempt, Reason } from './attempt.ts';
import type { JobOutput } from './job.ts';
import type { JobEndings } from './job-statements.ts';

/**
 * The job has its result, and so have those that follow it.
 *
 * @returns the jobs that are now terminal, this one and its followers; none when the attempt is no longer the current one
 */
export function succeed(
  endings: JobEndings,
  attempt: Attempt,
  outputs: readonly JobOutput[],
): Promise<readonly string[]> {
  return endings.end({ attempt, status: 'succeeded', outputs, reason: null });
}

/** For good; its followers fail for the same reason. @returns as `succeed` */
export function fail(endings: JobEndings, attempt: Attempt, reason: Reason): Promise<readonly string[]> {
  return endings.end({ attempt, status: 'failed', outputs: [], reason });
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
 * Ends a job that has not ended, whatever it is doing; whoever runs it finds its fence gone. The oldest that follows
 * it leads from now on.
 *
 * @returns false when the job had ended already
 */
export async function cancel(trx: Transaction<Database>, id: string): Promise<boolean> {
  const cancelled = await trx
    .updateTable('jobs')
    .set(cancelledNow())
    .where('id', '=', id)
    .where('status', 'in', ['queued', 'active'])
    .returning('id')
    .executeTakeFirst();
  if (cancelled === undefined) return false;
  await promoteFollower(trx, id);
  return true;
}

/** What a row becomes that is cancelled. */
export function cancelledNow() {
  return { status: 'cancelled', finished_at: now(), leader_id: null, ...noLease } as const;
}

/** The oldest follower of a job that no longer leads takes its place, in line as well; the others follow that one. */
export async function promoteFollower(trx: Transaction<Database>, leaderId: string): Promise<void> {
  const heir = await trx
    .selectFrom('jobs')
    .select('id')
    .where('leader_id', '=', leaderId)
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (heir === undefined) return;
  await trx.updateTable('jobs').set({ leader_id: null }).where('id', '=', heir.id).execute();
  await trx.updateTable('jobs').set({ leader_id: heir.id }).where('leader_id', '=', leaderId).execute();
}

/** What a row becomes that failed or was cancelled and is tried again because somebody said so. */
export function freshStart(actor: Actor) {
  const untouched = { failures: 0, progress: 0, error_code: null, error_detail: null, started_at: null };
  const inLine = {
    status: 'queued',
    finished_at: null,
    available_at: now(),
    queued_at: now(),
    turn_at: turn(),
  } as const;
  return { ...untouched, ...inLine, updated_by: actor.userId };
}

/** When the turn of a job comes that is put in line now. */
function turn(): RawBuilder<Date> {
  return sql<Date>`now() + patience_ms * interval '1 millisecond'`;
}

/** The database's clock, which all processes share. */
export function now(): RawBuilder<Date> {
  return sql<Date>`now()`;
}

export function inMs(delayMs: number): RawBuilder<Date> {
  return sql<Date>`now() + ${delayMs} * interval '1 millisecond'`;
}

const noLease = { lease_owner: null, lease_expires_at: null } as const;

function isCurrent({ id, attempt }: Attempt): RawBuilder<boolean> {
  return sql`id = ${id} and attempt = ${attempt} and status = 'active'`;
}
