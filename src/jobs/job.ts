import type { Actor } from '#kernel/actor.ts';
import type { ErrorCode } from '#kernel/errors.ts';

/** `queued → active → succeeded | failed | cancelled`, `active → queued` (retry); a database constraint. */
export type JobStatus = 'queued' | 'active' | 'succeeded' | 'failed' | 'cancelled';

export type JobPriority = 'low' | 'normal' | 'high';

export const jobStatuses = ['queued', 'active', 'succeeded', 'failed', 'cancelled'] as const;
export const jobPriorities = ['low', 'normal', 'high'] as const;

export function isTerminal(status: JobStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

export interface Job {
  readonly id: string;
  readonly status: JobStatus;
  readonly processor: string;
  readonly priority: JobPriority;
  /** 0…1 */
  readonly progress: number;
  readonly attempts: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** The batch it was asked for in. */
  readonly batchId?: string;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** True when the outputs were known already or came from identical work in flight. */
  readonly cached: boolean;
  readonly error: { readonly code: ErrorCode; readonly detail: string } | null;
  readonly outputs: readonly JobOutput[];
}

export interface JobOutput {
  readonly index: number;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly data: Readonly<Record<string, unknown>> | null;
}

export interface CreateJob {
  readonly processor: string;
  /** Asset ids, in order. */
  readonly inputs: readonly string[];
  /** As the client sent them; validated and completed with defaults by the service. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly priority?: JobPriority;
  readonly webhookUrl?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
  /** Not shown in lists. */
  readonly hidden?: boolean;
}

export interface JobFilter {
  readonly status?: JobStatus;
  readonly processor?: string;
  /** Those of one batch; null for those of none. */
  readonly batch?: string | null;
  /** Opaque; from the previous page. */
  readonly cursor?: string;
  /** 1…100 */
  readonly limit: number;
}

export interface JobPage {
  readonly items: readonly Job[];
  readonly nextCursor: string | null;
}

/** What the API may do with jobs. Every method answers for one actor's tenant; other tenants' ids do not exist. */
export interface Jobs {
  /**
   * Row first: when this resolves, the job survives any crash.
   *
   * @returns the new job; or the finished one of an equal request (`cached`); or, with a known idempotency key,
   *   the job made then
   * @throws AppError UNKNOWN_PROCESSOR, INVALID_PARAMETERS, WRONG_INPUT_COUNT, ASSET_NOT_FOUND, INPUT_NOT_ACCEPTED,
   *   IDEMPOTENCY_KEY_REUSED, RESOURCE_LIMIT
   */
  create(actor: Actor, request: CreateJob): Promise<Job>;
  /** @throws AppError JOB_NOT_FOUND */
  get(actor: Actor, id: string): Promise<Job>;
  list(actor: Actor, filter: JobFilter): Promise<JobPage>;
  /** @throws AppError JOB_NOT_FOUND, JOB_NOT_CANCELLABLE */
  cancel(actor: Actor, id: string): Promise<Job>;
  /** A failed or cancelled job goes back in line. @throws AppError JOB_NOT_FOUND, JOB_NOT_RETRYABLE */
  retry(actor: Actor, id: string): Promise<Job>;
  /** Cancels what runs, then removes the row; its outputs are collected later. @throws AppError JOB_NOT_FOUND */
  remove(actor: Actor, id: string): Promise<void>;
  /** Resolves when the job is terminal or `timeoutMs` has passed, with its state then. */
  waitFor(actor: Actor, id: string, timeoutMs: number, signal?: AbortSignal): Promise<Job>;
}
