import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import { type Claim, claimJob, throwIfWaiting } from './claim-job.ts';
import type { AttemptOutcome, JobMetrics } from './job-metrics.ts';
import { type JobQueue, RetryLater } from './job-queue.ts';
import type { JobSignals } from './job-signals.ts';
import { keepLease } from './lease.ts';
import { type RunDeps, runAttempt } from './run-attempt.ts';
import { sweepScratch } from './scratch.ts';
import { fail, type Reason, requeue, type Settled, succeed } from './settle-job.ts';

export interface WorkerDeps extends RunDeps {
  readonly queue: JobQueue;
  readonly signals: JobSignals;
  readonly metrics: JobMetrics;
  readonly log: Logger;
}

export interface WorkerOptions {
  /** Jobs at once; the sandbox decides how many of them run. */
  readonly concurrency: number;
  /** How long this process may be silent before its jobs are given to another. */
  readonly leaseMs: number;
}

export interface JobWorker {
  /** Jobs that this process holds. */
  running(): number;
  /** Takes no more jobs, gives those that run `graceMs`, then puts the rest back in line, uncounted. */
  close(graceMs: number): Promise<void>;
}

/** After so many attempts that ended badly, a job fails for good. */
export const maxFailures = 3;

/** 1 s after the first failure, 4 s after the second. */
export function backoffMs(failures: number): number {
  return 1_000 * 4 ** (failures - 1);
}

const busyDelayMs = 1_000;
/** Until an update has reached the other workers. */
const unavailableDelayMs = 5_000;
const databaseRetryMs = 500;

/** Why an attempt was aborted. */
type AbortReason = 'stopped' | 'lost' | 'shutdown';

/** Takes jobs from the queue and brings each to its end, until it is closed. */
export async function startWorker(deps: WorkerDeps, options: WorkerOptions): Promise<JobWorker> {
  const { db, queue, signals, metrics, log } = deps;
  const owner = `${hostname()}/${process.pid}/${randomUUID()}`;
  const running = new Map<string, AbortController>();
  const stop = (id: string) => running.get(id)?.abort('stopped' satisfies AbortReason);

  /** One turn of a job, whose entry leaves the queue afterwards, unless this throws RetryLater. */
  async function handle(id: string): Promise<void> {
    const claim = await claimJob(db, id, owner, options.leaseMs).catch((error: unknown) => {
      if (error instanceof RetryLater) throw error;
      log.warn({ err: error, jobId: id }, 'could not take the job; trying again');
      throw new RetryLater(busyDelayMs);
    });
    if (claim === undefined) return;
    metrics.claimed(claim.processor, claim.waited_seconds);
    failpoint('worker-claimed');
    const startedMs = performance.now();
    const { outcome, retryMs } = await attempt(claim);
    metrics.attemptEnded(claim.processor, outcome, (performance.now() - startedMs) / 1_000);
    log.info({ jobId: id, attempt: claim.attempt, processor: claim.processor, outcome }, 'attempt ended');
    if (retryMs !== undefined) throw new RetryLater(retryMs);
    // Cancelled and retried meanwhile, or taken back: adding it did nothing then, because this entry was there.
    if (outcome === 'stopped' || outcome === 'late') await throwIfWaiting(db, id);
  }

  async function attempt(claim: Claim): Promise<Ending> {
    const controller = new AbortController();
    const abort = (reason: AbortReason) => controller.abort(reason);
    const { signal } = controller;
    running.set(claim.id, controller);
    const lease = keepLease(claim, { db, log, leaseMs: options.leaseMs, onEnd: abort });
    try {
      const outputs = await runAttempt(deps, claim, signal, lease.progress);
      if (signal.reason === 'stopped') return { outcome: 'stopped' };
      failpoint('before-commit');
      const settled = await persist(() => succeed(db, claim, outputs), signal);
      return ended(settled, 'succeeded');
    } catch (error) {
      if (signal.reason === 'stopped') return { outcome: 'stopped' };
      if (signal.reason === 'lost') return { outcome: 'late' };
      return await settleFailure(claim, error, signal);
    } finally {
      running.delete(claim.id);
      await lease.stop();
    }
  }

  async function settleFailure(claim: Claim, error: unknown, signal: AbortSignal): Promise<Ending> {
    const verdict = judge(claim, error, signal);
    log.warn({ err: error, jobId: claim.id, attempt: claim.attempt, outcome: verdict.outcome }, 'attempt went wrong');
    try {
      if (verdict.outcome === 'failed') {
        return ended(await persist(() => fail(db, claim, verdict.reason), signal), 'failed');
      }
      const { outcome, delayMs } = verdict;
      const requeued = await persist(() => requeue(db, claim, delayMs, outcome === 'retried'), signal);
      return requeued ? { outcome, retryMs: delayMs } : { outcome: 'late' };
    } catch (cause) {
      log.error({ err: cause, jobId: claim.id }, 'could not write how the attempt ended; the reconciler will');
      return { outcome: 'late' };
    }
  }

  function ended(settled: Settled | undefined, outcome: AttemptOutcome): Ending {
    for (const id of settled?.finished ?? []) signals.emit('finished', id);
    return { outcome: settled === undefined ? 'late' : outcome };
  }

  await sweepScratch(db, deps.scratchRoot);
  signals.on('stopped', stop);
  const consumer = await queue.consume(handle, { concurrency: options.concurrency, lockDurationMs: options.leaseMs });
  return {
    running: () => running.size,
    async close(graceMs) {
      const overdue = setTimeout(() => {
        for (const controller of running.values()) controller.abort('shutdown' satisfies AbortReason);
      }, graceMs);
      await consumer.close();
      clearTimeout(overdue);
      signals.off('stopped', stop);
    },
  };
}

interface Ending {
  readonly outcome: AttemptOutcome;
  /** The same entry again after this time. */
  readonly retryMs?: number;
}

type Verdict =
  | { readonly outcome: 'failed'; readonly reason: Reason }
  | { readonly outcome: 'retried' | 'released'; readonly delayMs: number };

/** What an error means for the job: not its fault, try again, or the end. */
function judge(claim: Claim, error: unknown, signal: AbortSignal): Verdict {
  if (signal.reason === 'shutdown') return { outcome: 'released', delayMs: 0 };
  const known = error instanceof AppError ? error : unknownError(error);
  if (known.code === 'SHUTTING_DOWN') return { outcome: 'released', delayMs: 0 };
  if (known.code === 'OVERLOADED') return { outcome: 'released', delayMs: busyDelayMs };
  if (known.code === 'PROCESSOR_UNAVAILABLE') return { outcome: 'released', delayMs: unavailableDelayMs };
  const { code, detail } = known;
  if (!known.retryable && known.code !== 'INTERNAL') return { outcome: 'failed', reason: { code, detail } };
  const failures = claim.failures + 1;
  if (failures < maxFailures) return { outcome: 'retried', delayMs: backoffMs(failures) };
  return { outcome: 'failed', reason: { code, detail: `${detail} It was tried ${failures} times.` } };
}

function unknownError(cause: unknown): AppError {
  return new AppError('INTERNAL', 'The job failed for a reason that only the server’s log tells, under its id.', {
    cause,
  });
}

/** Through a short absence of the database: the work is done and must not be done again for that. */
async function persist<T>(write: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable || signal.aborted) throw error;
      await sleep(databaseRetryMs);
    }
  }
}
