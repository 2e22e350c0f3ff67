import { sql, type Transaction } from 'kysely';
import { afterCursor, cursorOf } from '#database/cursor.ts';
import type { Database } from '#database/schema.ts';
import { lockTenant } from '#database/tenant-locks.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import { checkStorable } from '#kernel/storable-json.ts';
import type { CreateJobDeps } from '../create-job.ts';
import { checkWork } from './check-work.ts';
import { nextTime } from './cron-times.ts';
import type { ScheduledWork, Schedules } from './schedule.ts';
import { readSchedule, scheduleNotFound, toSchedule, workOf } from './schedule-rows.ts';
import { startScheduled, type WorkServices } from './start-work.ts';

export interface ScheduleServiceDeps extends CreateJobDeps, WorkServices {
  /** Of one tenant. Default 100. */
  readonly maxSchedules?: number;
}

const maxNameBytes = 1_024;
const maxRequestBytes = 256 * 1_024;

export function createScheduleService(deps: ScheduleServiceDeps): Schedules {
  const { tenantDb, maxSchedules = 100 } = deps;
  const read = (actor: Actor, id: string) => tenantDb.run(actor.tenantId, (trx) => readSchedule(trx, actor, id));
  return {
    async create(actor, request) {
      const { name, cron, timeZone = 'UTC', work, overlap = 'skip', paused = false } = request;
      const next_at = firstTime(cron, timeZone);
      checkStorable('name', name, maxNameBytes);
      const values = { name: name?.trim() || null, cron, time_zone: timeZone, overlap, paused, next_at };
      const columns = await workColumns(deps, actor, work);
      return tenantDb.run(actor.tenantId, async (trx) => {
        await checkRoom(trx, actor, maxSchedules);
        const owner = { id: newId(), tenant_id: actor.tenantId, owner_id: actor.userId };
        const row = await trx
          .insertInto('schedules')
          .values({ ...owner, ...values, ...columns, created_by: actor.userId, updated_by: actor.userId })
          .returningAll()
          .executeTakeFirstOrThrow();
        return toSchedule(row);
      });
    },

    async get(actor, id) {
      return toSchedule(await read(actor, id));
    },

    async list(actor, { cursor, limit }) {
      const rows = await tenantDb.run(actor.tenantId, (trx) => {
        let query = trx.selectFrom('schedules').selectAll().where('tenant_id', '=', actor.tenantId);
        if (cursor !== undefined) query = query.where('id', '<', afterCursor(cursor, isId));
        return query
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute();
      });
      const items = rows.slice(0, limit).map(toSchedule);
      return { items, nextCursor: rows.length > limit ? cursorOf(items.at(-1)?.id ?? '') : null };
    },

    async update(actor, id, { name, cron, timeZone, work, overlap, paused }) {
      const before = await read(actor, id);
      checkStorable('name', name, maxNameBytes);
      const times = { cron: cron ?? before.cron, time_zone: timeZone ?? before.time_zone };
      // Times that went by while it was paused, or under another expression, are not made up for.
      const isMoved = cron !== undefined || timeZone !== undefined || (paused === false && before.paused);
      const columns = work === undefined ? {} : await workColumns(deps, actor, work);
      const row = await tenantDb.run(actor.tenantId, (trx) =>
        trx
          .updateTable('schedules')
          .set({
            ...(name !== undefined && { name: name?.trim() || null }),
            ...(isMoved && { ...times, next_at: firstTime(times.cron, times.time_zone) }),
            ...columns,
            ...(overlap !== undefined && { overlap }),
            ...(paused !== undefined && { paused }),
            updated_at: sql<Date>`now()`,
            updated_by: actor.userId,
          })
          .where('id', '=', id)
          .where('tenant_id', '=', actor.tenantId)
          .returningAll()
          .executeTakeFirst(),
      );
      return row === undefined ? scheduleNotFound() : toSchedule(row);
    },

    async remove(actor, id) {
      if (!isId(id)) scheduleNotFound();
      const { numDeletedRows } = await tenantDb.run(actor.tenantId, (trx) =>
        trx
          .deleteFrom('schedules')
          .where('tenant_id', '=', actor.tenantId)
          .where('id', '=', id)
          .executeTakeFirstOrThrow(),
      );
      if (numDeletedRows === 0n) scheduleNotFound();
    },

    async run(actor, id) {
      const row = await read(actor, id);
      const run_id = await startScheduled(deps, actor, workOf(row), `schedule:${id}:by-hand:${newId()}`);
      const noError = { run_error_code: null, run_error_detail: null };
      return await tenantDb.run(actor.tenantId, async (trx) => {
        await trx
          .updateTable('schedules')
          .set({ run_id, run_at: sql<Date>`now()`, run_status: 'started', ...noError })
          .where('id', '=', id)
          .where('tenant_id', '=', actor.tenantId)
          .execute();
        return toSchedule(await readSchedule(trx, actor, id));
      });
    },
  };
}

/** @throws AppError SCHEDULE_INVALID, also when there is none */
function firstTime(cron: string, timeZone: string): Date {
  const next = nextTime(cron, timeZone, new Date());
  if (next === null) throw new AppError('SCHEDULE_INVALID', `"${cron}" never comes: there is no such day.`);
  return next;
}

async function workColumns(deps: CreateJobDeps, actor: Actor, { kind, request }: ScheduledWork) {
  checkStorable('The request', request, maxRequestBytes);
  await checkWork(deps, actor, { kind, request } as ScheduledWork);
  return { kind, request: JSON.stringify(request) };
}

async function checkRoom(trx: Transaction<Database>, actor: Actor, limit: number): Promise<void> {
  await lockTenant(trx, actor.tenantId);
  const { count } = await trx
    .selectFrom('schedules')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', actor.tenantId)
    .executeTakeFirstOrThrow();
  if (count < limit) return;
  throw new AppError(
    'SCHEDULE_LIMIT',
    `There are ${limit} schedules already, as many as there may be. Remove some first.`,
  );
}
