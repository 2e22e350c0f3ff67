import type { Asset } from '../../api/asset.ts';
import { isSettled, type Job } from '../../api/job.ts';
import type { ShownError } from '../../api/problem.ts';

/** One recording on the audio page. */
export interface Track {
  readonly id: string;
  readonly name: string;
  readonly upload:
    | { readonly state: 'waiting' }
    | { readonly state: 'sending'; readonly fraction: number }
    | { readonly state: 'failed'; readonly error: ShownError }
    | { readonly state: 'done'; readonly asset: Asset };
  /** Its analysis for the wanted goal; not there while it is being asked for. */
  readonly jobId?: string;
  /** Why there is no analysis. */
  readonly error?: ShownError;
}

export interface TrackView {
  readonly phase: 'waiting' | 'sending' | 'queued' | 'working' | 'done' | 'failed' | 'cancelled';
  /** 0 to 1 while it is sent or worked on. */
  readonly fraction: number;
  readonly error?: ShownError;
  readonly job?: Job;
}

/** Where a recording is on its way to its analysis. */
export function trackView({ upload, jobId, error }: Track, jobs: ReadonlyMap<string, Job>): TrackView {
  if (upload.state === 'waiting') return { phase: 'waiting', fraction: 0 };
  if (upload.state === 'sending') return { phase: 'sending', fraction: upload.fraction };
  if (upload.state === 'failed') return { phase: 'failed', fraction: 0, error: upload.error };
  if (error !== undefined) return { phase: 'failed', fraction: 0, error };
  const job = jobId === undefined ? undefined : jobs.get(jobId);
  if (job === undefined) return { phase: 'queued', fraction: 0 };
  if (job.status === 'succeeded') return { phase: 'done', fraction: 1, job };
  if (job.status === 'cancelled') return { phase: 'cancelled', fraction: 0, job };
  if (isSettled(job)) {
    return { phase: 'failed', fraction: 0, error: job.error ?? { code: 'JOB_FAILED', detail: '' }, job };
  }
  return { phase: job.status === 'active' ? 'working' : 'queued', fraction: job.progress, job };
}
