import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import { AppError, errorTable } from '#kernel/errors.ts';
import { every, type Repeating } from '../every.ts';
import { nextTime } from './cron-times.ts';
import { type ScheduleRow, workOf } from './schedule-rows.ts';
import { startScheduled, type WorkServices } from './start-work.ts';

export interface SchedulerDeps extends WorkServices {
  /** Of all tenants: it looks for what is due; the work is started on behalf of whose it is. */
  readonly db: Kysely<Database>;
  readonly log: Logger;
}

/** What is due at once is far less; what is left is looked at in the next round. */
const rowsAtOnce = 100;

/**
 * Starts what is due, together with every other process that does so: each time of a schedule starts its work once.
 *
 * Nobody holds a row while the work is created. Who finds a time due creates the work under a key made of schedule and
 * time, which starts nothing when another was first, and moves the schedule on from that very time, which changes
 * nothing when another has. Who dies in between leaves the time due, and the next one finds the work by its key.
 *
 * Times that went by while nobody looked are one run, not many.
 */
export function startScheduler(deps: SchedulerDeps, { intervalMs }: { readonly intervalMs: number }): Repeating {
  const { log } = deps;
  return every(
    intervalMs,
    () => runDue(deps),
    (err) => log.warn({ err }, 'schedules could not be looked at; trying again'),
  );
}

export async function runDue(deps: SchedulerDeps): Promise<void> {
  const due = await deps.db
    .selectFrom('schedules')
    .selectAll()
    .where('paused', '=', false)
    .where('next_at', '<=', sql<Date>`now()`)
    .orderBy('next_at')
    .limit(rowsAtOnce)
    .execute();
  for (const row of due) {
    await runOne(deps, row).catch((err: unknown) =>
      deps.log.warn({ err, scheduleId: row.id }, 'a schedule could not be run; trying again'),
    );
  }
}

async function runOne(deps: SchedulerDeps, row: ScheduleRow): Promise<void> {
  const { db } = deps;
  const { id, next_at } = row;
  if (next_at === null) return;
  const outcome = row.overlap === 'skip' && (await isUnfinished(db, row)) ? skipped : await start(deps, row, next_at);
  await db
    .updateTable('schedules')
    .set({ run_error_code: null, run_error_detail: null, ...outcome, run_at: next_at, next_at: after(row) })
    .where('id', '=', id)
    .where('next_at', '=', next_at)
    .execute();
}

const skipped = { run_status: 'skipped' } as const;

/** @throws what may pass by itself: the time stays due */
async function start(deps: SchedulerDeps, row: ScheduleRow, at: Date) {
  const actor = { tenantId: row.tenant_id, userId: row.owner_id };
  try {
    const key = `schedule:${row.id}:${at.toISOString()}`;
    return { run_status: 'started', run_id: await startScheduled(deps, actor, workOf(row), key) } as const;
  } catch (error) {
    if (!(error instanceof AppError) || errorTable[error.code].retryable) throw error;
    return { run_status: 'failed', run_error_code: error.code, run_error_detail: error.detail } as const;
  }
}

/** An expression that this version no longer understands is due no more. */
function after({ cron, time_zone }: ScheduleRow): Date | null {
  try {
    return nextTime(cron, time_zone, new Date());
  } catch {
    return null;
  }
}

async function isUnfinished(db: Kysely<Database>, { kind, run_id }: ScheduleRow): Promise<boolean> {
  if (run_id === null) return false;
  if (kind === 'pipeline') {
    const active = db.selectFrom('pipelines').select('id').where('id', '=', run_id).where('status', '=', 'active');
    return (await active.executeTakeFirst()) !== undefined;
  }
  const unfinished = db
    .selectFrom('jobs')
    .select('id')
    .where(kind === 'job' ? 'id' : 'batch_id', '=', run_id)
    .where('status', 'in', ['queued', 'active'])
    .limit(1);
  return (await unfinished.executeTakeFirst()) !== undefined;
}
