import type { Job, JobOutput } from '#jobs/job.ts';
import { AppError } from '#kernel/errors.ts';

/** @param index as it stands in an address. @throws AppError JOB_NOT_FINISHED, OUTPUT_NOT_FOUND */
export function outputOf(job: Job, index: string): JobOutput {
  const output = job.outputs.find((candidate) => String(candidate.index) === index);
  if (output) return output;
  if (job.status === 'queued' || job.status === 'active') {
    throw new AppError('JOB_NOT_FINISHED', `The job is ${job.status}; its outputs exist once it has succeeded.`);
  }
  const detail = `The job ${job.status} with ${job.outputs.length} outputs; this is none of them.`;
  throw new AppError('OUTPUT_NOT_FOUND', detail);
}
