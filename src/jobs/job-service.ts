import type { Kysely, Transaction } from 'kysely';
import { isContention } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import { isId } from '#kernel/ids.ts';
import { type CreateJobDeps, createJob } from './create-job.ts';
import { type CreateJob, isTerminal, type Job, type Jobs } from './job.ts';
import type { JobMetrics } from './job-metrics.ts';
import type { QueueItem } from './job-queue.ts';
import { selectJobs, toJob } from './job-rows.ts';
import { JobWatcher } from './job-watcher.ts';
import { lockLeader } from './leaders.ts';
import { createLine, type LineDeps } from './line.ts';
import { listJobs } from './list-jobs.ts';
import { cancel, freshStart, type Settled } from './settle-job.ts';

export interface JobServiceDeps extends CreateJobDeps, LineDeps {
  readonly metrics: JobMetrics;
  /** How often jobs that are waited for are looked up, for those that other processes finish. Default 250 ms. */
  readonly pollMs?: number;
}

export interface JobService extends Jobs {
  /** Lets everyone go who waits; the ports stay open, they are the caller's. */
  close(): void;
}

export function createJobService(deps: JobServiceDeps): JobService {
  const { db, signals, metrics, log } = deps;
  const line = createLine(deps);
  const watcher = new JobWatcher(db, signals, deps.pollMs ?? 250, (error) =>
    log.warn({ err: error }, 'could not look up the jobs that are waited for'),
  );

  async function announce({ finished, promoted }: Settled): Promise<void> {
    line.finished(finished);
    if (promoted !== null) await line.put([promoted]);
  }

  async function create(actor: Actor, request: CreateJob): Promise<Job> {
    const { job, how, queuePriority, leaderId } = await createJob(deps, actor, request);
    metrics.created(job.processor, how);
    if (how === 'new') {
      failpoint('after-job-row');
      await line.put([{ id: job.id, priority: queuePriority }]);
      failpoint('after-enqueue');
    }
    if (leaderId !== null && (await raise(db, leaderId, queuePriority))) {
      await line.move({ id: leaderId, priority: queuePriority });
    }
    return job;
  }

  async function get(actor: Actor, id: string): Promise<Job> {
    if (!isId(id)) throw notFound();
    const row = await selectJobs(db).where('id', '=', id).where('tenant_id', '=', actor.tenantId).executeTakeFirst();
    if (row === undefined) throw notFound();
    return toJob(row);
  }

  async function cancelOne(actor: Actor, id: string): Promise<Job> {
    const settled = await db.transaction().execute(async (trx) => {
      const job = await lockJob(trx, actor, id);
      const ended = await cancel(trx, id);
      if (ended !== undefined) return ended;
      throw new AppError(
        'JOB_NOT_CANCELLABLE',
        `The job is ${job.status} already; only unfinished jobs can be cancelled.`,
      );
    });
    await line.takeOut(id);
    await announce(settled);
    return get(actor, id);
  }

  async function remove(actor: Actor, id: string): Promise<void> {
    const settled = await db.transaction().execute(async (trx) => {
      await lockJob(trx, actor, id);
      const ended = await cancel(trx, id);
      await trx.deleteFrom('jobs').where('id', '=', id).execute();
      return ended;
    });
    if (settled === undefined) return;
    await line.takeOut(id);
    await announce(settled);
  }

  async function retry(actor: Actor, id: string): Promise<Job> {
    const requeued = () => db.transaction().execute((trx) => requeueByHand(trx, actor, id));
    // Between its look and its update, a new job may have taken the lead: the second look sees that one.
    const item = await requeued().catch((error) => (isContention(error) ? requeued() : Promise.reject(error)));
    if (item !== undefined) await line.put([item]);
    return get(actor, id);
  }

  async function waitFor(actor: Actor, id: string, timeoutMs: number, signal?: AbortSignal): Promise<Job> {
    const job = await get(actor, id);
    if (isTerminal(job.status) || timeoutMs <= 0) return job;
    await watcher.untilFinished(id, timeoutMs, signal);
    return get(actor, id);
  }

  return {
    create,
    get,
    list: (actor, filter) => listJobs(db, actor, filter),
    cancel: cancelOne,
    retry,
    remove,
    waitFor,
    close: () => watcher.close(),
  };
}

/**
 * Work that somebody now waits for at a better place in line stands there itself: what a batch asked for at leisure may
 * be what a person looks at.
 *
 * @returns whether it stood behind that place
 */
async function raise(db: Kysely<Database>, id: string, queuePriority: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set({ queue_priority: queuePriority })
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .where('queue_priority', '>', queuePriority)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** @returns what to put in line; nothing when the job now follows identical work in flight */
async function requeueByHand(trx: Transaction<Database>, actor: Actor, id: string): Promise<QueueItem | undefined> {
  const job = await lockJob(trx, actor, id);
  if (job.status !== 'failed' && job.status !== 'cancelled') {
    throw new AppError('JOB_NOT_RETRYABLE', `The job is ${job.status}; only failed or cancelled jobs can be retried.`);
  }
  const leader_id = await lockLeader(trx, actor.tenantId, job.result_key);
  await trx
    .updateTable('jobs')
    .set({ ...freshStart(actor), leader_id })
    .where('id', '=', id)
    .execute();
  return leader_id === null ? { id, priority: job.queue_priority } : undefined;
}

async function lockJob(trx: Transaction<Database>, actor: Actor, id: string) {
  if (!isId(id)) throw notFound();
  const job = await trx
    .selectFrom('jobs')
    .select(['status', 'result_key', 'queue_priority'])
    .where('id', '=', id)
    .where('tenant_id', '=', actor.tenantId)
    .forUpdate()
    .executeTakeFirst();
  if (job === undefined) throw notFound();
  return job;
}

function notFound(): AppError {
  return new AppError('JOB_NOT_FOUND', 'There is no job with this id. It may have been removed, or have expired.');
}
