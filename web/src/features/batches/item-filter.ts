import { isUnsure } from '../../api/confidence.ts';
import { isSettled, type Job } from '../../api/job.ts';

export const itemFilters = ['all', 'working', 'failed', 'unsure'] as const;
export type ItemFilter = (typeof itemFilters)[number];

export function isItemFilter(value: unknown): value is ItemFilter {
  return itemFilters.some((filter) => filter === value);
}

export function passesFilter(job: Job, filter: ItemFilter): boolean {
  switch (filter) {
    case 'working':
      return !isSettled(job);
    case 'failed':
      return job.status === 'failed' || job.status === 'cancelled';
    case 'unsure':
      return job.status === 'succeeded' && isUnsure(job);
    default:
      return true;
  }
}
