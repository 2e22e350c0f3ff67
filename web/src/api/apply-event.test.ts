import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { applyBatch, applyJob, refreshAll } from './apply-event.ts';
import type { Job } from './job.ts';

const job: Job = {
  id: 'j1',
  status: 'queued',
  processor: 'image.cutout',
  progress: 0,
  attempts: 0,
  params: { quality: 'best' },
  inputs: ['a1'],
  metadata: null,
  queuedAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  cached: false,
  error: { code: 'NO_SUBJECT', detail: 'before the retry' },
  outputs: [],
};

function known(): QueryClient {
  const queries = new QueryClient();
  queries.setQueryData(['job', 'j1'], job);
  queries.setQueryData(['jobs', 'all'], { pages: [{ items: [job] }], pageParams: [undefined] });
  queries.setQueryData(['batch', 'b1', 'items'], [{ index: 0, name: null, job }]);
  queries.setQueryData(['batch', 'b1'], { id: 'b1', status: 'running', archiveUrl: '/archive' });
  return queries;
}

const stale = (queries: QueryClient, key: readonly string[]) => queries.getQueryState(key)?.isInvalidated;

test('a job moves on wherever it is shown, without being asked for', () => {
  const queries = known();
  applyJob(queries, { id: 'j1', status: 'active', progress: 0.5, batchId: 'b1' });
  const { error: _, ...moved } = { ...job, status: 'active', progress: 0.5, batchId: 'b1' };
  expect(queries.getQueryData(['job', 'j1'])).toEqual(moved);
  expect(queries.getQueryData(['jobs', 'all'])).toMatchObject({ pages: [{ items: [moved] }] });
  expect(queries.getQueryData(['batch', 'b1', 'items'])).toMatchObject([{ job: moved }]);
  expect(stale(queries, ['job', 'j1'])).toBe(false);
});

test('a job that has ended is asked for: its outputs are not in the event', () => {
  const queries = known();
  applyJob(queries, { id: 'j1', status: 'succeeded', progress: 1 });
  expect(stale(queries, ['job', 'j1'])).toBe(true);
});

test('a job that is gone is asked for, and nothing is made of jobs that nobody looks at', () => {
  const queries = known();
  applyJob(queries, { id: 'j1', removed: true });
  expect(stale(queries, ['job', 'j1'])).toBe(true);
  applyJob(queries, { id: 'unknown', status: 'active' });
  expect(queries.getQueryData(['job', 'unknown'])).toBe(undefined);
});

test('a batch keeps what its event does not say', () => {
  const queries = known();
  applyBatch(queries, { id: 'b1', status: 'finished', progress: 1 });
  expect(queries.getQueryData(['batch', 'b1'])).toEqual({
    id: 'b1',
    status: 'finished',
    progress: 1,
    archiveUrl: '/archive',
  });
});

test('after a gap everything is asked for that can have changed', () => {
  const queries = known();
  queries.setQueryData(['job', 'j2'], { ...job, id: 'j2', status: 'succeeded' });
  refreshAll(queries);
  for (const key of [
    ['job', 'j1'],
    ['jobs', 'all'],
    ['batch', 'b1'],
  ]) {
    expect(stale(queries, key)).toBe(true);
  }
  expect(stale(queries, ['job', 'j2'])).toBe(false);
});
