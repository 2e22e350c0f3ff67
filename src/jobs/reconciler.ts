import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import { every, type Repeating } from './every.ts';
import type { JobQueue } from './job-queue.ts';
import type { JobSignals } from './job-signals.ts';
import { type Attempt, delayUntil, fail, inMs, now, promoteFollower, requeue } from './settle-job.ts';
import { maxFailures } from './worker.ts';

export interface ReconcilerDeps {
  readonly db: Kysely<Database>;
  readonly queue: JobQueue;
  readonly signals: JobSignals;
  readonly log: Logger;
}

export interface ReconcilerOptions {
  /** Nobody but this process runs jobs: at the start none can be running, and the queue's entries mean nothing. */
  readonly soleOwner: boolean;
  /** As the workers': an attempt whose lease has not moved for so long is dead. */
  readonly leaseMs: number;
  readonly intervalMs: number;
}

/** Rows younger than this may still be on their way into the queue. */
const graceMs = 5_000;
const pageSize = 500;

/**
 * Makes the queue agree with the database: what is unfinished and not in line is added, attempts whose worker died
 * are taken from it, followers without a leader lead. Any number of processes may run one.
 *
 * The first pass is done when this resolves.
 */
export async function startReconciler(deps: ReconcilerDeps, options: ReconcilerOptions): Promise<Repeating> {
  const { db, queue, log } = deps;
  const leases = new LeaseObserver();

  async function pass(): Promise<void> {
    for (const attempt of await leases.dead(db, options.leaseMs)) await takeBack(deps, attempt);
    await promoteOrphans(deps);
    if (await isShort(deps)) await addQueued(deps, graceMs);
  }

  if (options.soleOwner) {
    await queue.clear();
    for (const attempt of await activeAttempts(db)) await takeBack(deps, attempt);
  }
  await promoteOrphans(deps);
  await addQueued(deps, 0);
  return every(options.intervalMs, pass, (error) =>
    log.warn({ err: error }, 'could not reconcile the queue; trying again'),
  );
}

interface ActiveAttempt extends Attempt {
  readonly failures: number;
  readonly queue_priority: number;
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
    .select(['id', 'attempt', 'failures', 'queue_priority', 'lease_expires_at'])
    .where('status', '=', 'active')
    .execute();
}

/** Its worker died: that counts, because the job may be why. */
async function takeBack({ db, queue, signals, log }: ReconcilerDeps, attempt: ActiveAttempt): Promise<void> {
  const failures = attempt.failures + 1;
  log.warn({ jobId: attempt.id, attempt: attempt.attempt, failures }, 'the worker of this attempt is gone');
  if (failures < maxFailures) {
    const requeued = await requeue(db, attempt, 0, true);
    if (requeued) await queue.add({ id: attempt.id, priority: attempt.queue_priority });
    return;
  }
  const settled = await fail(db, attempt, {
    code: 'JOB_ATTEMPTS_EXHAUSTED',
    detail: `The process running the job died ${failures} times while it ran. The job may be too large for this machine.`,
  });
  for (const id of settled?.finished ?? []) signals.emit('finished', id);
}

/** The locks of create-job.ts leave no follower without a leader; should there be one all the same, it leads. */
async function promoteOrphans({ db, queue, log }: ReconcilerDeps): Promise<void> {
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
    const promoted = await db.transaction().execute((trx) => promoteFollower(trx, id));
    if (promoted !== null) await queue.add(promoted);
  }
}

/** Fewer entries than jobs that need one: some were lost. Entries of jobs that ended count too, until their turn. */
async function isShort({ db, queue }: ReconcilerDeps): Promise<boolean> {
  const { waiting, delayed, active } = await queue.counts();
  const { count } = await db
    .selectFrom('jobs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where((eb) => eb.or([eb('status', '=', 'active'), isInLine(graceMs)(eb)]))
    .executeTakeFirstOrThrow();
  return count > waiting + delayed + active;
}

/** Adds every queued job, oldest first; those that are in line already stay where they are. */
async function addQueued({ db, queue, log }: ReconcilerDeps, olderThanMs: number): Promise<void> {
  let after: string | undefined;
  let added = 0;
  for (;;) {
    let page = db
      .selectFrom('jobs')
      .select([
        'id',
        'queue_priority',
        sql<number>`extract(epoch from available_at - now())::float8 * 1000`.as('early_ms'),
      ])
      .where(isInLine(olderThanMs));
    if (after !== undefined) page = page.where('id', '>', after);
    const rows = await page.orderBy('id').limit(pageSize).execute();
    if (rows.length === 0) break;
    await queue.addMany(
      rows.map((row) => ({ id: row.id, priority: row.queue_priority, delayMs: delayUntil(row.early_ms) })),
    );
    after = rows.at(-1)?.id;
    added += rows.length;
  }
  if (added > 0) log.info({ jobs: added }, 'put unfinished jobs in line');
}

/** Jobs that should have an entry: queued, following nobody, and not changed just now, by whatever clock. */
function isInLine(olderThanMs: number) {
  return (eb: ExpressionBuilder<Database, 'jobs'>) =>
    eb.and([
      eb('status', '=', 'queued'),
      eb('leader_id', 'is', null),
      eb.not(eb.between('updated_at', inMs(-olderThanMs), now())),
    ]);
}
