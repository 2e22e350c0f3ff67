import type { Job } from './job.ts';

/** The server itself looks twice at a photo below this; what is below it then deserves a person's look. */
const unsureBelow = 0.7;

/** How sure the model was of the subject, 0 to 1; undefined when the result does not say. */
export function confidenceOf({ outputs }: Pick<Job, 'outputs'>): number | undefined {
  const confidence = outputs[0]?.data?.['confidence'];
  return typeof confidence === 'number' ? confidence : undefined;
}

export function isUnsure(job: Pick<Job, 'outputs'>): boolean {
  const confidence = confidenceOf(job);
  return confidence !== undefined && confidence < unsureBelow;
}
