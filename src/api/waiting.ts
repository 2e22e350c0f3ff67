import type { FastifyReply } from 'fastify';
import { isTerminal, type Job, type Jobs } from '#jobs/job.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';

const maxWaitSeconds = 60;

/**
 * How long the client will wait for the result, from `Prefer: wait=20`.
 *
 * @returns seconds, at most 60; 0 when it does not ask
 * @see RFC 7240, section 4.3
 */
export function preferredWaitSeconds(prefer: string | readonly string[] | undefined): number {
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(String(prefer ?? ''))?.[1];
  return Math.min(Number(seconds ?? 0), maxWaitSeconds);
}

/**
 * The job when it is terminal, or as it is when the time is up, the client has gone, the server closes or too many
 * wait already. Nobody waiting does not stop the job: its result is kept for the next request.
 */
export async function waitForJob(
  jobs: Jobs,
  actor: Actor,
  job: Job,
  timeoutMs: number,
  reply: FastifyReply,
  closing: AbortSignal,
): Promise<Job> {
  if (isTerminal(job.status) || timeoutMs === 0) return job;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  reply.raw.once('close', leave);
  try {
    return await jobs.waitFor(actor, job.id, timeoutMs, AbortSignal.any([gone.signal, closing]));
  } catch (error) {
    if (error instanceof AppError && error.code === 'OVERLOADED') return job;
    throw error;
  } finally {
    reply.raw.off('close', leave);
  }
}

/**
 * The first output of a job that was waited for.
 *
 * @throws AppError what the job failed with, JOB_CANCELLED, WAIT_TIMED_OUT, SHUTTING_DOWN
 */
export function finishedOutput(job: Job, closing: boolean): Job['outputs'][number] {
  const extensions = { jobId: job.id };
  if (job.error) throw new AppError(job.error.code, job.error.detail, { extensions });
  if (job.status === 'cancelled')
    throw new AppError('JOB_CANCELLED', 'The job was cancelled while you waited.', { extensions });
  if (!isTerminal(job.status)) {
    const detail = `The result is not ready yet. The job goes on: ask for /v1/jobs/${job.id}.`;
    throw new AppError(closing ? 'SHUTTING_DOWN' : 'WAIT_TIMED_OUT', detail, { extensions });
  }
  const [output] = job.outputs;
  if (!output) throw new AppError('OUTPUT_NOT_FOUND', 'The job succeeded without an output.', { extensions });
  return output;
}
