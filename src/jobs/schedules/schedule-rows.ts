import type { Selectable, Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError, isErrorCode } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';
import type { Schedule, ScheduledWork, ScheduleRun } from './schedule.ts';

export type ScheduleRow = Selectable<Database['schedules']>;

export function toSchedule(row: ScheduleRow): Schedule {
  return {
    id: row.id,
    name: row.name,
    cron: row.cron,
    timeZone: row.time_zone,
    work: workOf(row),
    overlap: row.overlap,
    paused: row.paused,
    nextAt: row.paused ? null : row.next_at,
    lastRun: runOf(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** As it was written, by this program alone. */
export function workOf({ kind, request }: ScheduleRow): ScheduledWork {
  return { kind, request } as unknown as ScheduledWork;
}

/** @throws AppError SCHEDULE_NOT_FOUND */
export async function readSchedule(trx: Transaction<Database>, actor: Actor, id: string): Promise<ScheduleRow> {
  const query = trx.selectFrom('schedules').selectAll().where('tenant_id', '=', actor.tenantId);
  const row = isId(id) ? await query.where('id', '=', id).executeTakeFirst() : undefined;
  return row ?? scheduleNotFound();
}

export function scheduleNotFound(): never {
  throw new AppError('SCHEDULE_NOT_FOUND', 'There is no schedule with this id. It may have been removed.');
}

function runOf({ run_at: at, run_status: status, run_id: id, run_error_code, run_error_detail }: ScheduleRow) {
  if (at === null || status === null) return null;
  const code = run_error_code !== null && isErrorCode(run_error_code) ? run_error_code : 'INTERNAL';
  const error = run_error_code === null ? null : { code, detail: run_error_detail ?? '' };
  return { at, status, id, error } satisfies ScheduleRun;
}
