import { isSettled, type Job } from '../../api/job.ts';

export const itemFilters = ['all', 'working', 'failed', 'unsure'] as const;
export type ItemFilter = (typeof itemFilters)[number];

export function isItemFilter(value: unknown): value is ItemFilter {
  return itemFilters.some((filter) => filter === value);
}

/** Below this the model is wrong often enough that somebody should look. */
export const unsureBelow = 0.8;

/** How sure the model was of the subject, 0 to 1; undefined when nothing says. */
export function confidenceOf({ outputs }: Job): number | undefined {
  const confidence = outputs[0]?.data?.['confidence'];
  return typeof confidence === 'number' ? confidence : undefined;
}

export function isUnsure(job: Job): boolean {
  const confidence = confidenceOf(job);
  return confidence !== undefined && confidence < unsureBelow;
}

export function passesFilter(job: Job, filter: ItemFilter): boolean {
  switch (filter) {
    case 'working':
      return !isSettled(job);
    case 'failed':
      return job.status === 'failed' || job.status === 'cancelled';
    case 'unsure':
      return isUnsure(job);
    default:
      return true;
  }
}
