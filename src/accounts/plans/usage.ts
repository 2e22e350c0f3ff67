import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import { readTenantPlan } from './known-plans.ts';
import type { Plan, TenantPlan } from './plan.ts';

/** What a tenant has used of its plan. */
export interface Usage extends TenantPlan {
  /** The month of the calendar, UTC, that counts now; `to` is when the next one begins. */
  readonly period: { readonly from: Date; readonly to: Date };
  readonly limits: readonly UsedLimit[];
  /** Those of this month on which something was made, oldest first. */
  readonly days: readonly UsedDay[];
}

export interface UsedLimit {
  readonly name: MeasuredLimit;
  /** What is done; work in line and uploads on their way are not in it, though they are held against the limit. */
  readonly used: number;
  readonly allowed: number | null;
  /** Null: not by itself. */
  readonly resetsAt: Date | null;
}

export type MeasuredLimit = keyof Plan & ('imagesPerMonth' | 'audioMinutesPerMonth' | 'storedBytes' | 'concurrentJobs');

export interface UsedDay {
  /** Of UTC: `2026-11-21`. */
  readonly date: string;
  readonly images: number;
  readonly audioMinutes: number;
  readonly jobs: number;
}

export interface UsageReader {
  /** As it is now, to the last job. @throws AppError TENANT_NOT_FOUND */
  of(tenantId: string): Promise<Usage>;
}

export function createUsageReader(db: Kysely<Database>): UsageReader {
  return {
    async of(tenantId) {
      const { plan, status } = await readTenantPlan(db, tenantId);
      const [{ storedBytes, running, from, to }, days] = await Promise.all([
        readNow(db, tenantId),
        readDays(db, tenantId),
      ]);
      const sumOf = (count: (day: UsedDay) => number) => days.reduce((sum, day) => sum + count(day), 0);
      const measured = (name: MeasuredLimit, used: number, resetsAt: Date | null): UsedLimit => ({
        name,
        used,
        allowed: plan[name],
        resetsAt,
      });
      return {
        plan,
        status,
        period: { from, to },
        limits: [
          measured(
            'imagesPerMonth',
            sumOf(({ images }) => images),
            to,
          ),
          measured(
            'audioMinutesPerMonth',
            sumOf(({ audioMinutes }) => audioMinutes),
            to,
          ),
          measured('storedBytes', storedBytes, null),
          measured('concurrentJobs', running, null),
        ],
        days,
      };
    },
  };
}

async function readNow(db: Kysely<Database>, tenantId: string) {
  const { rows } = await sql<{ storedBytes: number; running: number; from: Date; to: Date }>`
    select add_up_storage(${tenantId}) as "storedBytes",
      (select count(*) from jobs where tenant_id = ${tenantId} and status = 'active') as running,
      date_trunc('month', now() at time zone 'utc') at time zone 'utc' as "from",
      date_trunc('month', now() at time zone 'utc' + interval '1 month') at time zone 'utc' as "to"`.execute(db);
  const [now] = rows;
  if (now === undefined) throw new Error('a select without from gave no row');
  return now;
}

/** Those that are added up, and what has ended since; one statement sees every job once. */
async function readDays(db: Kysely<Database>, tenantId: string): Promise<UsedDay[]> {
  const { rows } = await sql<{ day: string; images: number; seconds: number; jobs: number }>`
    select day, sum(images)::bigint as images, sum(audio_seconds) as seconds, sum(jobs)::bigint as jobs from (
      select day, images, audio_seconds, jobs from usage_days where tenant_id = ${tenantId}
      union all
      select to_char(ended_at at time zone 'utc', 'YYYY-MM-DD'), images, audio_seconds, 1
      from usage_records where tenant_id = ${tenantId}
    ) as used
    where day >= to_char(date_trunc('month', now() at time zone 'utc'), 'YYYY-MM-DD')
    group by day order by day`.execute(db);
  return rows.map(({ day, images, seconds, jobs }) => ({ date: day, images, audioMinutes: seconds / 60, jobs }));
}

/** Adds up what has been noted since the last time; any number of processes may do so at once. */
export async function addUp(db: Kysely<Database>): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ count: number }>`select add_up_usage() as count`.execute(db);
    if ((rows[0]?.count ?? 0) === 0) break;
  }
  const tenants = await db
    .selectFrom('stored_changes')
    .select('tenant_id')
    .distinct()
    .limit(maxTenantsAtOnce)
    .execute();
  for (const { tenant_id } of tenants) await sql`select add_up_storage(${tenant_id})`.execute(db);
  await db.deleteFrom('storage_reservations').where('expires_at', '<', sql<Date>`now()`).execute();
}

const maxTenantsAtOnce = 1_000;
