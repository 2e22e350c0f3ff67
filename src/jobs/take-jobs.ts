import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database } from '#database/schema.ts';

/** A job that this worker now holds. */
export type Claim = Pick<
  Selectable<Database['jobs']>,
  'id' | 'tenant_id' | 'owner_id' | 'attempt' | 'failures' | 'processor' | 'processor_version' | 'params'
> & {
  /** In order. */
  readonly inputs: readonly Omit<Selectable<Database['job_inputs']>, 'job_id'>[];
  /** How long the job could have been taken and was not. */
  readonly waited_seconds: number;
};

export interface TakeOptions {
  /** What this worker can do. */
  readonly processors: readonly string[];
  /** Most jobs to take. */
  readonly count: number;
  /** The tenant that was served last; the one after it is next. */
  readonly after: string;
  readonly owner: string;
  readonly leaseMs: number;
  readonly limits: ConcurrencyLimits;
}

/** Most jobs that all workers together may run at once. */
export interface ConcurrencyLimits {
  /** Of one tenant. */
  readonly perTenant?: number | undefined;
  /** Of one processor, by its name. */
  readonly perProcessor: Readonly<Record<string, number>>;
}

/** Before every tenant. */
export const noTenant = '00000000-0000-0000-0000-000000000000';

/**
 * Takes the jobs whose turn it is: round-robin between the tenants that have any, from the one after `after`; within
 * one tenant in the order of `turn_at`. Of many workers that try, one gets each job.
 *
 * The attempt's number is the fence that everything it writes is checked against. A job that is active is refused even
 * when its lease has run out: only the reconciler declares an attempt dead.
 *
 * @returns in the order of their turns; fewer than `count` when no more may be taken now
 */
export async function takeJobs(db: Kysely<Database>, options: TakeOptions): Promise<Claim[]> {
  const { processors, count, after, owner, leaseMs, limits } = options;
  const { rows } = await sql<Claim>`
    select * from take_jobs(${processors}::text[], ${count}, ${after}, ${owner}, ${leaseMs},
      ${limits.perTenant ?? null}, ${JSON.stringify(limits.perProcessor)})`.execute(db);
  return rows;
}
