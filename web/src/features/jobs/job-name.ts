import type { Job } from '../../api/job.ts';

/** What the photo was called, where whoever created the job said so. */
export function jobName({ metadata }: Pick<Job, 'metadata'>): string | undefined {
  const name = metadata?.['name'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}
