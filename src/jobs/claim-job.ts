import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import { RetryLater } from './job-queue.ts';
import { delayUntil, inMs, isDue } from './settle-job.ts';

export type Claim = Pick<Selectable<Database['jobs']>, (typeof claimColumns)[number]> & {
  /** How long the job could have been taken and was not. */
  readonly waited_seconds: number;
};

const claimColumns = ['id', 'tenant_id', 'attempt', 'failures', 'processor', 'processor_version', 'params'] as const;

/**
 * Takes a queued job for one attempt: one statement, so that of many that try one succeeds. The attempt's number is
 * the fence that everything it writes is checked against.
 *
 * A job that is active is refused even when its lease has run out: only the reconciler declares an attempt dead.
 *
 * @returns undefined when there is nothing to do: ended, gone, following another, or running elsewhere
 * @throws RetryLater when its time has not come
 */
export async function claimJob(db: Kysely<Database>, id: string, owner: string, leaseMs: number) {
  const claim: Claim | undefined = await db
    .updateTable('jobs')
    .set({
      status: 'active',
      attempt: sql`attempt + 1`,
      lease_owner: owner,
      lease_expires_at: inMs(leaseMs),
      started_at: sql`coalesce(started_at, now())`,
    })
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .where('leader_id', 'is', null)
    .where(isDue)
    .returning([...claimColumns, sql<number>`extract(epoch from now() - available_at)::float8`.as('waited_seconds')])
    .executeTakeFirst();
  if (claim !== undefined) return claim;
  // The embedded engines answer without ever leaving this turn of the event loop: a thousand entries of cancelled jobs
  // would hold up everything else until the last is dropped.
  await nextTurn();
  await throwIfWaiting(db, id);
  return undefined;
}

/**
 * For whoever holds the queue's entry of a job and is done with it: the entry must stay while the job waits for a turn.
 *
 * @throws RetryLater when it does
 */
export async function throwIfWaiting(db: Kysely<Database>, id: string): Promise<void> {
  const row = await db
    .selectFrom('jobs')
    .select(sql<number>`ceil(extract(epoch from available_at - now()) * 1000)::float8`.as('early_ms'))
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .where('leader_id', 'is', null)
    .executeTakeFirst();
  if (row !== undefined) throw new RetryLater(delayUntil(row.early_ms));
}
