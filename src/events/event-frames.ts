import { errorTable } from '#kernel/errors.ts';
import { type BatchChange, errorOf, type JobChange, type Removal } from './change-feed.ts';

/** One event without its id: written once, it goes to many streams. */
export interface Frame {
  readonly body: string;
  readonly jobId?: string;
  readonly batchId?: string;
}

/** Why a stream cannot go on where it was. */
export type ResetReason =
  /** More has changed than is worth telling one by one. */
  | 'too-many'
  /** What was removed in the meantime is not known any more. */
  | 'too-old'
  /** The id is none of this database. */
  | 'unknown-id'
  /** The client read so slowly that events were left out. */
  | 'slow';

/** As the API shows a job, without what is large: parameters, inputs, metadata and outputs. */
export function jobFrame(job: JobChange): Frame {
  const error = errorOf(job);
  const data = {
    id: job.id,
    status: job.status,
    processor: job.processor,
    priority: job.priority,
    progress: job.progress,
    attempts: job.attempts,
    ...(job.batchId !== null && { batchId: job.batchId }),
    queuedAt: time(job.queuedAt),
    startedAt: time(job.startedAt),
    finishedAt: time(job.finishedAt),
    cached: job.cached,
    ...(error && { error: { ...described(error.code), detail: error.detail } }),
  };
  return { body: body('job', data), jobId: job.id, ...(job.batchId !== null && { batchId: job.batchId }) };
}

export function batchFrame(batch: BatchChange): Frame {
  const { total, queued, active, succeeded, failed, cancelled } = batch;
  const unfinished = queued + active;
  const data = {
    id: batch.id,
    processor: batch.processor,
    status: unfinished > 0 ? 'running' : 'finished',
    counts: { total, queued, active, succeeded, failed, cancelled },
    progress: total === 0 ? 1 : (total - unfinished + batch.activeProgress) / total,
    createdAt: time(batch.createdAt),
    finishedAt: unfinished > 0 ? null : time(batch.lastFinishedAt),
  };
  return { body: body('batch', data), batchId: batch.id };
}

export function removalFrame({ kind, id }: Removal): Frame {
  return { body: body(kind, { id, removed: true }), ...(kind === 'job' ? { jobId: id } : { batchId: id }) };
}

export function withId({ body }: Frame, id: number | undefined): string {
  return id === undefined ? body : `id: ${id}\n${body}`;
}

/** A stream of one job, or of a batch and its jobs, gets that alone; one of neither gets everything. */
export function isWanted(
  frame: Frame,
  { jobId, batchId }: { readonly jobId?: string | undefined; readonly batchId?: string | undefined },
): boolean {
  if (jobId === undefined && batchId === undefined) return true;
  return (jobId !== undefined && frame.jobId === jobId) || (batchId !== undefined && frame.batchId === batchId);
}

/** From here on nothing is missed: who connects and then asks for the state has all of it. */
export function readyText(id: number | undefined): string {
  return withId({ body: body('ready', {}) }, id);
}

/** Ask for the state again: events were left out. */
export function resetText(reason: ResetReason): string {
  return body('reset', { reason });
}

/** How long to wait before connecting again: not all at the same moment. */
export function retryText(leastMs: number, spreadMs: number): string {
  return `retry: ${Math.round(leastMs + Math.random() * spreadMs)}\n\n`;
}

/** Nothing follows; whoever connects again hears why. */
export const farewellText = ': over\n\n';

/** Keeps the connection open, and tells how far the stream is, without an event. */
export function heartbeatText(id: number | undefined): string {
  return id === undefined ? ':\n\n' : `:\nid: ${id}\n\n`;
}

function body(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function described(code: keyof typeof errorTable) {
  const { title, status } = errorTable[code];
  return { code, title, status };
}

function time(text: string): string;
function time(text: string | null): string | null;
function time(text: string | null): string | null {
  return text === null ? null : new Date(text).toISOString();
}
