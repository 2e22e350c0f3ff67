import { expect, test } from 'vitest';
import type { Job } from '../../api/job.ts';
import { answerOf } from './answer.ts';
import { goalOf } from './goal.ts';
import { type Track, trackView } from './track.ts';

const asset = { id: 'a', sha256: '', mediaType: 'audio/mpeg', sizeBytes: 1, name: 'a.mp3' };
const track: Track = { id: '1', name: 'a.mp3', upload: { state: 'done', asset }, jobId: 'j' };

function job(changes: Partial<Job>): ReadonlyMap<string, Job> {
  return new Map([['j', { id: 'j', status: 'active', progress: 0.4, params: {}, outputs: [], ...changes } as Job]]);
}

test('a recording is sent, waits, is worked on, and is done', () => {
  expect(trackView({ ...track, upload: { state: 'sending', fraction: 0.3 } }, new Map())).toEqual({
    phase: 'sending',
    fraction: 0.3,
  });
  expect(trackView(track, new Map()).phase).toBe('queued');
  expect(trackView(track, job({}))).toMatchObject({ phase: 'working', fraction: 0.4 });
  expect(trackView(track, job({ status: 'succeeded' })).phase).toBe('done');
});

test('what went wrong is told, wherever it did', () => {
  const error = { code: 'EMPTY_FILE', detail: '' };
  expect(trackView({ ...track, upload: { state: 'failed', error } }, job({}))).toMatchObject({
    phase: 'failed',
    error,
  });
  expect(trackView({ ...track, error }, job({}))).toMatchObject({ phase: 'failed', error });
  expect(trackView(track, job({ status: 'failed', error }))).toMatchObject({ phase: 'failed', error });
  expect(trackView(track, job({ status: 'cancelled' })).phase).toBe('cancelled');
});

test('the worst verdict decides the answer', () => {
  const verdict = (severity: 'problem' | 'warning' | 'advice' | 'good') => ({
    code: '',
    severity,
    measured: null,
    target: null,
    unit: '',
    places: [],
    text: { en: '', 'pt-BR': '' },
  });
  expect(answerOf({ verdicts: [verdict('problem'), verdict('good')] })).toBe('not-yet');
  expect(answerOf({ verdicts: [verdict('warning')] })).toBe('almost');
  expect(answerOf({ verdicts: [verdict('advice')] })).toBe('ready');
  expect(answerOf({ verdicts: [verdict('good')] })).toBe('ready');
});

test('a goal that the server does not know is not taken over', () => {
  expect(goalOf({ params: { target: 'club', genre: 'samba' } })).toEqual({ target: 'club', genre: 'samba' });
  expect(goalOf({ params: { target: 'constructor' } })).toEqual({ target: 'spotify', genre: 'none' });
});
