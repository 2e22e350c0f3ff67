import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';
import type { Attempt } from './attempt.ts';
import { every, type Repeating } from './every.ts';
import { jobEndings } from './job-statements.ts';
import { maxFailures } from './judge-failure.ts';
import { createLine, type Line } from './line.ts';
import { fail, promoteFollower, requeue } from './settle-job.ts';

export interface ReconcilerDeps {
  readonly db: Kysely<Database>;
  readonly fanOut: FanOut;
  readonly log: Logger;
}

export interface ReconcilerOptions {
  /** Nobody but this process runs jobs: at the start none can be running. */
  readonly soleOwner: boolean;
  /** As the workers': an attempt whose lease has not moved for so long is dead. */
  readonly leaseMs: number;
  readonly intervalMs: number;
}

const pageSize = 500;

/**
 * Gives back what dead workers held, and lets followers without a leader lead. Any number of processes may run one.
 *
 * The first pass is done when this resolves.
 */
export async function startReconciler(deps: ReconcilerDeps, options: ReconcilerOptions): Promise<Repeating> {
  const { db, log } = deps;
  const line = createLine(deps.fanOut);
  const leases = new LeaseObserver();

  async function pass(): Promise<void> {
    for (const attempt of await leases.dead(db, options.leaseMs)) await takeBack(deps, line, attempt);
    await promoteOrphans(deps, line);
  }

  if (options.soleOwner) for (const attempt of await activeAttempts(db)) await takeBack(deps, line, attempt);
  await promoteOrphans(deps, line);
  return every(options.intervalMs, pass, (error) =>
    log.warn({ err: error }, 'could not look after the jobs of others; trying again'),
  );
}

interface ActiveAttempt extends Attempt {
  readonly failures: number;
  readonly lease_expires_at: Date | null;
}

/**
 * Tells dead attempts by watching, not by comparing clocks: one whose lease was not renewed for its whole length of
 * *our* monotonic time. A clock that jumps, on any machine, changes nothing.
 */
class LeaseObserver {
  #seen = new Map<string, { readonly sinceMs: number; readonly attempt: ActiveAttempt }>();

  async dead(db: Kysely<Database>, leaseMs: number): Promise<ActiveAttempt[]> {
    const nowMs = performance.now();
    const attempts = await activeAttempts(db);
    const before = this.#seen;
    this.#seen = new Map(
      attempts.map((attempt) => {
        const known = before.get(attempt.id);
        return [
          attempt.id,
          known !== undefined && sameLease(known.attempt, attempt) ? known : { sinceMs: nowMs, attempt },
        ];
      }),
    );
    return attempts.filter(({ id }) => nowMs - (this.#seen.get(id)?.sinceMs ?? nowMs) > leaseMs);
  }
}

function sameLease(a: ActiveAttempt, b: ActiveAttempt): boolean {
  return a.attempt === b.attempt && a.lease_expires_at?.getTime() === b.lease_expires_at?.getTime();
}

/** As many as all workers together run: few. */
function activeAttempts(db: Kysely<Database>): Promise<ActiveAttempt[]> {
  return db
    .selectFrom('jobs')
    .select(['id', 'attempt', 'failures', 'lease_expires_at'])
    .where('status', '=', 'active')
    .execute();
}

/** Its worker died: that counts, because the job may be why. */
async function takeBack({ db, log }: ReconcilerDeps, line: Line, attempt: ActiveAttempt): Promise<void> {
  const failures = attempt.failures + 1;
  log.warn({ jobId: attempt.id, attempt: attempt.attempt, failures }, 'the worker of this attempt is gone');
  if (failures < maxFailures) {
    if (await requeue(db, attempt, 0, true)) line.queued();
    return;
  }
  const finished = await fail(jobEndings(db), attempt, {
    code: 'JOB_ATTEMPTS_EXHAUSTED',
    detail: `The process running the job died ${failures} times while it ran. The job may be too large for this machine.`,
  });
  line.finished(finished);
}

/** The locks of the function `add_job` leave no follower without a leader; should there be one all the same, it leads. */
async function promoteOrphans({ db, log }: ReconcilerDeps, line: Line): Promise<void> {
  const ended = await db
    .selectFrom('jobs as follower')
    .innerJoin('jobs as leader', 'leader.id', 'follower.leader_id')
    .select('leader.id')
    .where('follower.leader_id', 'is not', null)
    .where('leader.status', 'not in', ['queued', 'active'])
    .distinct()
    .limit(pageSize)
    .execute();
  for (const { id } of ended) {
    log.error({ jobId: id }, 'an ended job still had followers');
    await db.transaction().execute((trx) => promoteFollower(trx, id));
    line.queued();
  }
}
