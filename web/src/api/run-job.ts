import { createJob, getJob, isSettled, type Job, type JobOutput, type JobRequest } from './job.ts';
import { ApiError } from './problem.ts';

/** As long as one answer waits; longer work is asked after. */
const waitSeconds = 20;

/**
 * Has one piece of work done, and waits for it: for what somebody is looking at right now.
 *
 * @returns the succeeded job
 * @throws ApiError why it failed
 */
export async function runJob(job: JobRequest, signal?: AbortSignal): Promise<Job & { readonly output: JobOutput }> {
  let current = await createJob(job, waitSeconds);
  while (!isSettled(current)) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    signal?.throwIfAborted();
    current = await getJob(current.id, signal);
  }
  const [output] = current.outputs;
  if (current.status === 'succeeded' && output) return { ...current, output };
  const { code, detail } = current.error ?? { code: 'JOB_CANCELLED', detail: 'The job was cancelled.' };
  throw new ApiError(422, code, detail);
}
