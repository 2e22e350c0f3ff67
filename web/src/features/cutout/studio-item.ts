import { type Asset, assetContentUrl } from '../../api/asset.ts';
import { isSettled, type Job } from '../../api/job.ts';
import type { ShownError } from '../../api/problem.ts';

/** One photo in the studio. */
export interface StudioItem {
  readonly id: string;
  readonly name: string;
  /** Address of the photo as it is on this machine; gone after a reload. */
  readonly localUrl?: string;
  readonly upload:
    | { readonly state: 'waiting' }
    | { readonly state: 'sending'; readonly fraction: number }
    | { readonly state: 'failed'; readonly error: ShownError }
    | { readonly state: 'done'; readonly asset: Asset };
  /** Asset of the mask that somebody painted for it. */
  readonly maskId?: string;
  /** The work for each look that was wanted, by the look's key. */
  readonly works: Readonly<Record<string, Work>>;
}

/** A job, or why there is none; neither while it is being asked for. */
export interface Work {
  readonly jobId?: string;
  readonly error?: ShownError;
}

export type Phase = 'waiting' | 'uploading' | 'queued' | 'working' | 'done' | 'failed';

export interface ItemView {
  readonly phase: Phase;
  /** 0 to 1 while it uploads or works. */
  readonly fraction: number;
  readonly error?: ShownError;
  /** The job of the wanted look. */
  readonly job?: Job;
  /** What can be shown: the wanted result, else the one before it. */
  readonly shown?: Job;
}

/**
 * Where a photo is on its way to the wanted look.
 *
 * @param key the wanted look
 * @param beforeKey the look that was wanted before it
 */
export function viewOf(
  { upload, works }: StudioItem,
  key: string,
  beforeKey: string | undefined,
  jobs: ReadonlyMap<string, Job>,
): ItemView {
  const done = (jobId: string | undefined): Job | undefined => {
    const job = jobId === undefined ? undefined : jobs.get(jobId);
    return job?.status === 'succeeded' ? job : undefined;
  };
  const before = beforeKey === undefined ? undefined : done(works[beforeKey]?.jobId);
  const kept = before === undefined ? {} : { shown: before };
  if (upload.state === 'waiting') return { phase: 'waiting', fraction: 0 };
  if (upload.state === 'sending') return { phase: 'uploading', fraction: upload.fraction };
  if (upload.state === 'failed') return { phase: 'failed', fraction: 0, error: upload.error };

  const work = works[key];
  if (work?.error) return { phase: 'failed', fraction: 0, error: work.error, ...kept };
  const job = work?.jobId === undefined ? undefined : jobs.get(work.jobId);
  if (job === undefined) return { phase: 'queued', fraction: 0, ...kept };
  if (job.status === 'succeeded') return { phase: 'done', fraction: 1, job, shown: job };
  if (isSettled(job)) {
    const error = job.error ?? { code: 'JOB_CANCELLED', detail: 'The job was cancelled.' };
    return { phase: 'failed', fraction: 0, error, job, ...kept };
  }
  return { phase: job.status === 'active' ? 'working' : 'queued', fraction: job.progress, job, ...kept };
}

/** Address of the photo, from this machine where it still is. */
export function photoUrl({ localUrl, upload }: StudioItem): string | undefined {
  return localUrl ?? (upload.state === 'done' ? assetContentUrl(upload.asset.id) : undefined);
}
