import { sql, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { inTenantTransaction } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import { isId } from '#kernel/ids.ts';
import { type CreateJobDeps, createJob } from './create-job.ts';
import { type CreateJob, isTerminal, type Job, type Jobs } from './job.ts';
import type { JobMetrics } from './job-metrics.ts';
import { selectJobs, toJob } from './job-rows.ts';
import { groupedJobStatements } from './job-statements.ts';
import { JobWatcher, type UnfinishedOf } from './job-watcher.ts';
import { lockLeader } from './leaders.ts';
import { createLine } from './line.ts';
import { listJobs } from './list-jobs.ts';
import { cancel, freshStart } from './settle-job.ts';

export interface JobServiceDeps extends CreateJobDeps {
  readonly unfinished: UnfinishedOf;
  readonly fanOut: FanOut;
  readonly log: Logger;
  readonly metrics: JobMetrics;
  /** How often jobs that are waited for are looked up, for those that other processes finish. Default 250 ms. */
  readonly pollMs?: number;
}

export interface JobService extends Jobs {
  /** Lets everyone go who waits; the ports stay open, they are the caller's. */
  close(): void;
}

export function createJobService(deps: JobServiceDeps): JobService {
  const { tenantDb, fanOut, metrics, log } = deps;
  const line = createLine(fanOut);
  const statements = groupedJobStatements(tenantDb);
  const watcher = new JobWatcher(deps.unfinished, fanOut, deps.pollMs ?? 250, (error) =>
    log.warn({ err: error }, 'could not look up the jobs that are waited for'),
  );

  async function create(actor: Actor, request: CreateJob): Promise<Job> {
    const { job, how, patienceMs, leaderId } = await createJob(deps, actor, request, statements);
    metrics.created(job.processor, how);
    if (how === 'new') {
      failpoint('after-job-row');
      line.queued();
      failpoint('after-enqueue');
    } else line.changed();
    if (leaderId !== null) await tenantDb.run(actor.tenantId, (trx) => raise(trx, leaderId, patienceMs));
    return job;
  }

  async function get(actor: Actor, id: string): Promise<Job> {
    if (!isId(id)) throw notFound();
    const [row] = await tenantDb.execute(actor.tenantId, (db) =>
      selectJobs(db).where('id', '=', id).where('tenant_id', '=', actor.tenantId),
    );
    if (row === undefined) throw notFound();
    return toJob(row);
  }

  async function cancelOne(actor: Actor, id: string): Promise<Job> {
    await tenantDb.run(actor.tenantId, async (trx) => {
      const job = await lockJob(trx, actor, id);
      if (await cancel(trx, id)) return;
      throw new AppError(
        'JOB_NOT_CANCELLABLE',
        `The job is ${job.status} already; only unfinished jobs can be cancelled.`,
      );
    });
    line.cancelled([id]);
    return get(actor, id);
  }

  async function remove(actor: Actor, id: string): Promise<void> {
    await tenantDb.run(actor.tenantId, async (trx) => {
      await lockJob(trx, actor, id);
      await cancel(trx, id);
      await trx.deleteFrom('jobs').where('id', '=', id).execute();
    });
    line.cancelled([id]);
  }

  async function retry(actor: Actor, id: string): Promise<Job> {
    // Between its look and its update, a new job may have taken the lead: the second look sees that one.
    await inTenantTransaction(tenantDb, actor.tenantId, (trx) => requeueByHand(trx, actor, id));
    line.queued();
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
    list: (actor, filter) => listJobs(tenantDb, actor, filter),
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
 */
async function raise(trx: Transaction<Database>, id: string, patienceMs: number): Promise<void> {
  const turn = sql<Date>`now() + ${patienceMs}::int * interval '1 millisecond'`;
  await trx
    .updateTable('jobs')
    .set({ patience_ms: patienceMs, turn_at: turn })
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .where('turn_at', '>', turn)
    .execute();
}

/** Leading, or following identical work in flight. */
async function requeueByHand(trx: Transaction<Database>, actor: Actor, id: string): Promise<void> {
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
}

async function lockJob(trx: Transaction<Database>, actor: Actor, id: string) {
  if (!isId(id)) throw notFound();
  const job = await trx
    .selectFrom('jobs')
    .select(['status', 'result_key'])
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
