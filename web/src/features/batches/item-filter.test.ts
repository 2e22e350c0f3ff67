import { expect, test } from 'vitest';
import type { Job, JobStatus } from '../../api/job.ts';
import { type ItemFilter, itemFilters, passesFilter } from './item-filter.ts';

const job = (status: JobStatus, confidence?: number) =>
  ({ status, outputs: confidence === undefined ? [] : [{ data: { confidence } }] }) as unknown as Job;

test.each<[JobStatus, number | undefined, ItemFilter[]]>([
  ['queued', undefined, ['all', 'working']],
  ['active', undefined, ['all', 'working']],
  ['failed', undefined, ['all', 'failed']],
  ['cancelled', undefined, ['all', 'failed']],
  ['succeeded', 0.95, ['all']],
  ['succeeded', 0.4, ['all', 'unsure']],
  ['succeeded', undefined, ['all']],
])('%s at %s is in %j', (status, confidence, expected) => {
  expect(itemFilters.filter((filter) => passesFilter(job(status, confidence), filter))).toEqual(expected);
});
