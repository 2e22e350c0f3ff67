import type { Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import { isId } from '#kernel/ids.ts';
import { type CreateJobDeps, createJob, lockLeader } from './create-job.ts';
import { type CreateJob, isTerminal, type Job, type Jobs } from './job.ts';
import type { JobMetrics } from './job-metrics.ts';
import type { JobQueue, QueueItem } from './job-queue.ts';
import { selectJobs, toJob } from './job-rows.ts';
import type { JobSignals } from './job-signals.ts';
import { JobWatcher } from './job-watcher.ts';
import { listJobs } from './list-jobs.ts';
import { cancel, now, type Settled } from './settle-job.ts';

export interface JobServiceDeps extends CreateJobDeps {
  readonly queue: JobQueue;
  readonly signals: JobSignals;
  readonly metrics: JobMetrics;
  readonly log: Logger;
  /** How often jobs that are waited for are looked up, for those that other processes finish. Default 250 ms. */
  readonly pollMs?: number;
}

export interface JobService extends Jobs {
  /** Lets everyone go who waits; the ports stay open, they are the caller's. */
  close(): void;
}

export function createJobService(deps: JobServiceDeps): JobService {
  const { db, queue, signals, metrics, log } = deps;
  const watcher = new JobWatcher(db, signals, deps.pollMs ?? 250, (error) =>
    log.warn({ err: error }, 'could not look up the jobs that are waited for'),
  );

  /** The row stands already: a queue that is away costs time, not the job. The reconciler adds it later. */
  async function enqueue(item: QueueItem): Promise<void> {
    try {
      await queue.add(item);
    } catch (error) {
      log.warn({ err: error, jobId: item.id }, 'could not put the job in line; the reconciler will');
    }
  }

  async function announce({ finished, promoted }: Settled): Promise<void> {
    for (const id of finished) signals.emit('finished', id);
    if (promoted !== null) await enqueue(promoted);
  }

  async function takeOut(id: string): Promise<void> {
    signals.emit('stopped', id);
    try {
      await queue.remove(id);
    } catch (error) {
      log.warn({ err: error, jobId: id }, 'could not take the job out of line; it is dropped when its turn comes');
    }
  }

  async function create(actor: Actor, request: CreateJob): Promise<Job> {
    const { job, how, queuePriority } = await createJob(deps, actor, request);
    metrics.created(job.processor, how);
    if (how === 'new') {
      failpoint('after-job-row');
      await enqueue({ id: job.id, priority: queuePriority });
      failpoint('after-enqueue');
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
    await takeOut(id);
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
    await takeOut(id);
    await announce(settled);
  }

  async function retry(actor: Actor, id: string): Promise<Job> {
    const requeued = () => db.transaction().execute((trx) => requeueByHand(trx, actor, id));
    // Between its look and its update, a new job may have taken the lead: the second look sees that one.
    const item = await requeued().catch((error) => (isUniqueViolation(error) ? requeued() : Promise.reject(error)));
    if (item !== undefined) await enqueue(item);
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

/** @returns what to put in line; nothing when the job now follows identical work in flight */
async function requeueByHand(trx: Transaction<Database>, actor: Actor, id: string): Promise<QueueItem | undefined> {
  const job = await lockJob(trx, actor, id);
  if (job.status !== 'failed' && job.status !== 'cancelled') {
    throw new AppError('JOB_NOT_RETRYABLE', `The job is ${job.status}; only failed or cancelled jobs can be retried.`);
  }
  const leader_id = await lockLeader(trx, actor.tenantId, job.result_key);
  const fresh = { failures: 0, progress: 0, error_code: null, error_detail: null, started_at: null, finished_at: null };
  await trx
    .updateTable('jobs')
    .set({ ...fresh, status: 'queued', leader_id, available_at: now(), queued_at: now(), updated_by: actor.userId })
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

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

function notFound(): AppError {
  return new AppError('JOB_NOT_FOUND', 'There is no job with this id. It may have been removed, or have expired.');
}
