import { request } from './client.ts';
import type { ShownError } from './problem.ts';

export const jobStatuses = ['queued', 'active', 'succeeded', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof jobStatuses)[number];

export interface JobOutput {
  readonly index: number;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly url: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A job as the API shows it: the answer of GET /v1/jobs/{id}. */
export interface Job {
  readonly id: string;
  readonly status: JobStatus;
  readonly processor: string;
  readonly progress: number;
  readonly attempts: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly cached: boolean;
  readonly error?: ShownError;
  readonly outputs: readonly JobOutput[];
}

export interface JobRequest {
  readonly processor: string;
  readonly inputs: readonly string[];
  readonly params?: Readonly<Record<string, unknown>>;
  readonly priority?: 'high' | 'normal' | 'low';
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string | null;
}

export function isJobStatus(value: unknown): value is JobStatus {
  return jobStatuses.some((status) => status === value);
}

/** Whether nothing will change any more. */
export function isSettled({ status }: Pick<Job, 'status'>): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** @param waitSeconds how long the answer may wait for the end; 0 asks for none */
export function createJob(job: JobRequest, waitSeconds = 0): Promise<Job> {
  const headers = waitSeconds > 0 ? { prefer: `wait=${waitSeconds}` } : {};
  return request('/v1/jobs', { method: 'POST', json: job, headers });
}

export function getJob(id: string, signal?: AbortSignal): Promise<Job> {
  return request(`/v1/jobs/${id}`, { signal });
}

export function listJobs(
  { status, cursor, limit = 50 }: { status?: JobStatus | undefined; cursor?: string | undefined; limit?: number },
  signal?: AbortSignal,
): Promise<Page<Job>> {
  const query = new URLSearchParams({ limit: String(limit), ...(status && { status }), ...(cursor && { cursor }) });
  return request(`/v1/jobs?${query}`, { signal });
}

export function cancelJob(id: string): Promise<Job> {
  return request(`/v1/jobs/${id}/cancel`, { method: 'POST' });
}

export function retryJob(id: string): Promise<Job> {
  return request(`/v1/jobs/${id}/retry`, { method: 'POST' });
}
