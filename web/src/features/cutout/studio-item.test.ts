import { expect, test } from 'vitest';
import type { Job, JobStatus } from '../../api/job.ts';
import { type StudioItem, viewOf } from './studio-item.ts';

const asset = { id: 'a', sha256: '', mediaType: 'image/jpeg', sizeBytes: 1, name: null };
const item = (changes: Partial<StudioItem>): StudioItem => ({
  id: '1',
  name: 'shoe.jpg',
  upload: { state: 'done', asset },
  works: {},
  ...changes,
});
const job = (id: string, status: JobStatus, more: Partial<Job> = {}): Job => ({
  id,
  status,
  processor: 'image.cutout',
  progress: status === 'active' ? 0.4 : 0,
  attempts: 1,
  params: {},
  inputs: ['a'],
  metadata: null,
  queuedAt: '2026-01-01T00:00:00Z',
  startedAt: null,
  finishedAt: null,
  cached: false,
  outputs: [],
  ...more,
});
const jobs = (...all: Job[]) => new Map(all.map((one) => [one.id, one]));

test('an upload goes before the work', () => {
  expect(viewOf(item({ upload: { state: 'waiting' } }), 'k', undefined, jobs()).phase).toBe('waiting');
  expect(viewOf(item({ upload: { state: 'sending', fraction: 0.3 } }), 'k', undefined, jobs())).toMatchObject({
    phase: 'uploading',
    fraction: 0.3,
  });
  const error = { code: 'EMPTY_FILE', detail: '' };
  expect(viewOf(item({ upload: { state: 'failed', error } }), 'k', undefined, jobs())).toMatchObject({
    phase: 'failed',
    error,
  });
});

test('the work is followed to its end, well or badly', () => {
  const at = (status: JobStatus, more?: Partial<Job>) =>
    viewOf(item({ works: { k: { jobId: 'j' } } }), 'k', undefined, jobs(job('j', status, more)));
  expect(at('queued').phase).toBe('queued');
  expect(at('active')).toMatchObject({ phase: 'working', fraction: 0.4 });
  expect(at('succeeded')).toMatchObject({ phase: 'done', shown: { id: 'j' } });
  expect(at('failed', { error: { code: 'MEDIA_INVALID', detail: 'x' } }).error).toMatchObject({
    code: 'MEDIA_INVALID',
  });
  expect(at('cancelled').error).toMatchObject({ code: 'JOB_CANCELLED' });
  expect(viewOf(item({ works: { k: {} } }), 'k', undefined, jobs()).phase).toBe('queued');
});

test('while a new look is made, the one before stays in sight', () => {
  const works = { before: { jobId: 'old' }, k: { jobId: 'new' } };
  const known = jobs(job('old', 'succeeded'), job('new', 'active'));
  expect(viewOf(item({ works }), 'k', 'before', known)).toMatchObject({ phase: 'working', shown: { id: 'old' } });
});
