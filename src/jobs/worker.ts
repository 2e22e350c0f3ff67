import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { FanOut } from '#events/fan-out.ts';
import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import type { AttemptOutcome, JobMetrics } from './job-metrics.ts';
import { groupedJobEndings } from './job-statements.ts';
import { judge, type Verdict } from './judge-failure.ts';
import { keepLease } from './lease.ts';
import { createLine } from './line.ts';
import { type RunDeps, runAttempt } from './run-attempt.ts';
import { sweepScratch } from './scratch.ts';
import { fail, requeue, succeed } from './settle-job.ts';
import { type Claim, type ConcurrencyLimits, takeJobs } from './take-jobs.ts';
import { noteUnwanted } from './unreferenced.ts';

export interface WorkerDeps extends RunDeps {
  readonly fanOut: FanOut;
  readonly metrics: JobMetrics;
  readonly log: Logger;
}

export interface WorkerOptions {
  /** Jobs at once; the sandbox decides how many of them run. */
  readonly concurrency: number;
  /** How long this process may be silent before its jobs are given to another. */
  readonly leaseMs: number;
  /** The processors whose jobs it takes; all there are when absent. */
  readonly only?: readonly string[] | undefined;
  readonly limits?: ConcurrencyLimits;
}

export interface JobWorker {
  /** Jobs that this process holds. */
  running(): number;
  /** Takes no more jobs until it is resumed; those it has go on. */
  pause(): void;
  resume(): void;
  /** Takes no more jobs, gives those that run `graceMs`, then puts the rest back in line, uncounted. */
  close(graceMs: number): Promise<void>;
}

/** How often an idle worker looks by itself: a word may be lost, and nobody says when a delay has passed. */
const pollMs = 1_000;
const databaseRetryMs = 500;

/** Why an attempt was aborted. */
export type AbortReason = 'stopped' | 'lost' | 'shutdown';

/** Takes jobs from the line and brings each to its end, until it is closed. */
export async function startWorker(deps: WorkerDeps, options: WorkerOptions): Promise<JobWorker> {
  const { db, fanOut, metrics, log } = deps;
  const line = createLine(fanOut);
  const endings = groupedJobEndings(db);
  const owner = `${hostname()}/${process.pid}/${randomUUID()}`;
  const processors = options.only ?? deps.processors.list().map(({ name }) => name);
  const running = new Map<string, { readonly controller: AbortController; readonly ended: Promise<void> }>();
  /** Anywhere in the round, so that the workers of a fleet do not all begin with the same tenant. */
  let servedLast: string = randomUUID();
  let taking: Promise<void> | undefined;
  let again = false;
  let paused = false;

  function wake(): void {
    if (paused) return;
    again = taking !== undefined;
    taking ??= take()
      .catch((error: unknown) => log.warn({ err: error }, 'could not take jobs; trying again'))
      .finally(() => {
        taking = undefined;
        if (again) wake();
      });
  }

  async function take(): Promise<void> {
    await nextTurn(); // jobs that end together are replaced together
    const count = options.concurrency - running.size;
    if (count <= 0 || paused) return;
    const { leaseMs, limits = { perProcessor: {} } } = options;
    const claims = await takeJobs(db, { processors, count, after: servedLast, owner, leaseMs, limits });
    for (const claim of claims) {
      const controller = new AbortController();
      const ended = attempt(claim, controller).finally(() => {
        running.delete(claim.id);
        wake();
      });
      running.set(claim.id, { controller, ended });
    }
    servedLast = claims.at(-1)?.tenant_id ?? servedLast;
    if (claims.length > 0) line.changed();
  }

  async function attempt(claim: Claim, controller: AbortController): Promise<void> {
    metrics.claimed(claim.processor, claim.waited_seconds);
    failpoint('worker-claimed');
    const startedMs = performance.now();
    const outcome = await run(claim, controller);
    metrics.attemptEnded(claim.processor, outcome, (performance.now() - startedMs) / 1_000);
    log.info({ jobId: claim.id, attempt: claim.attempt, processor: claim.processor, outcome }, 'attempt ended');
  }

  async function run(claim: Claim, controller: AbortController): Promise<AttemptOutcome> {
    const { signal } = controller;
    const onEnd = (reason: AbortReason) => controller.abort(reason);
    const lease = keepLease(claim, { db, log, leaseMs: options.leaseMs, onEnd, onProgress: line.changed });
    try {
      const outputs = await runAttempt(deps, claim, signal, lease.progress);
      if (signal.reason !== 'stopped') {
        failpoint('before-commit');
        const finished = await persist(() => succeed(endings, claim, outputs), signal);
        if (finished.length > 0) return ended(finished, 'succeeded');
      }
      await noteUnwanted(db, claim.id, outputs);
      return signal.reason === 'stopped' ? 'stopped' : 'late';
    } catch (error) {
      if (signal.reason === 'stopped') return 'stopped';
      if (signal.reason === 'lost') return 'late';
      return await settle(claim, judge(claim, error, signal), error, signal);
    } finally {
      await lease.stop();
    }
  }

  async function settle(claim: Claim, verdict: Verdict, error: unknown, signal: AbortSignal): Promise<AttemptOutcome> {
    const { outcome } = verdict;
    log.warn({ err: error, jobId: claim.id, attempt: claim.attempt, outcome }, 'attempt went wrong');
    try {
      if (outcome === 'failed')
        return ended(await persist(() => fail(endings, claim, verdict.reason), signal), outcome);
      const requeued = await persist(() => requeue(db, claim, verdict.delayMs, outcome === 'retried'), signal);
      if (requeued) line.queued();
      return requeued ? outcome : 'late';
    } catch (cause) {
      log.error({ err: cause, jobId: claim.id }, 'could not write how the attempt ended; the reconciler will');
      return 'late';
    }
  }

  function ended(finished: readonly string[], outcome: AttemptOutcome): AttemptOutcome {
    line.finished(finished);
    return finished.length > 0 ? outcome : 'late';
  }

  function stop(ids: readonly string[]): void {
    for (const id of ids) running.get(id)?.controller.abort('stopped' satisfies AbortReason);
  }

  await sweepScratch(db, deps.scratchRoot);
  const listeners = [fanOut.on('job-stopped', stop), fanOut.on('job-queued', wake)];
  const poll = setInterval(wake, pollMs);
  wake();
  return {
    running: () => running.size,
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      wake();
    },
    async close(graceMs) {
      paused = true;
      clearInterval(poll);
      await taking;
      const overdue = setTimeout(() => {
        for (const { controller } of running.values()) controller.abort('shutdown' satisfies AbortReason);
      }, graceMs);
      await Promise.all([...running.values()].map((each) => each.ended));
      clearTimeout(overdue);
      for (const off of listeners) off();
    },
  };
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
