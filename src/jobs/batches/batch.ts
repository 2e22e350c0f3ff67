import type { Actor } from '#kernel/actor.ts';
import type { Job, JobPriority, JobStatus } from '../job.ts';

export const maxBatchItems = 1_000;

/** Jobs of one processor that were asked for together. All that it says about them is read from their rows. */
export interface Batch {
  readonly id: string;
  readonly processor: string;
  /** `finished` once every job has ended, well or badly; a retry makes it run again. */
  readonly status: 'running' | 'finished';
  /** Jobs that were removed, or have expired, are no longer counted. */
  readonly counts: Readonly<Record<JobStatus | 'total', number>>;
  /** 0…1, of all jobs together */
  readonly progress: number;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface BatchItem {
  /** The place in the request, from 0. */
  readonly index: number;
  /** As the request says, or as the upload of its first input was called. */
  readonly name: string | null;
  readonly job: Job;
}

export interface CreateBatch {
  readonly processor: string;
  /** For every item; what an item says itself wins, name by name. */
  readonly params: Readonly<Record<string, unknown>>;
  /** 1…`maxBatchItems` */
  readonly items: readonly CreateBatchItem[];
  /** Default `low`: a thousand pictures let the one that somebody waits for go first. */
  readonly priority?: JobPriority;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Names batches alone: a job with the same key is another matter. */
  readonly idempotencyKey?: string;
}

export interface CreateBatchItem {
  /** Asset ids, in order. */
  readonly inputs: readonly string[];
  readonly params?: Readonly<Record<string, unknown>>;
  readonly name?: string;
}

export interface BatchPage {
  readonly items: readonly Batch[];
  readonly nextCursor: string | null;
}

export interface BatchItemFilter {
  readonly status?: JobStatus;
  /** Opaque; from the previous page. */
  readonly cursor?: string;
  /** 1…100 */
  readonly limit: number;
}

export interface BatchItemPage {
  readonly items: readonly BatchItem[];
  readonly nextCursor: string | null;
}

/** One output of an item that has succeeded. */
export interface BatchOutput {
  readonly name: string | null;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly madeAt: Date;
}

/** What the API may do with batches. Every method answers for one actor's tenant; other tenants' ids do not exist. */
export interface Batches {
  /**
   * All of its jobs or none: when this resolves they survive any crash.
   *
   * @returns the new batch; with a known idempotency key, the one made then
   * @throws AppError what creating one of its jobs would throw, with the `index` of the item; IDEMPOTENCY_KEY_REUSED
   */
  create(actor: Actor, request: CreateBatch): Promise<Batch>;
  /** @throws AppError BATCH_NOT_FOUND */
  get(actor: Actor, id: string): Promise<Batch>;
  /** Newest first. */
  list(actor: Actor, page: { readonly cursor?: string; readonly limit: number }): Promise<BatchPage>;
  /** In the order of the request. @throws AppError BATCH_NOT_FOUND */
  items(actor: Actor, id: string, filter: BatchItemFilter): Promise<BatchItemPage>;
  /** What its items have made until now, in their order. @throws AppError BATCH_NOT_FOUND */
  outputs(actor: Actor, id: string): Promise<readonly BatchOutput[]>;
  /** Its failed and cancelled jobs go back in line. @throws AppError BATCH_NOT_FOUND, JOB_NOT_RETRYABLE when it has none */
  retry(actor: Actor, id: string): Promise<Batch>;
  /** @throws AppError BATCH_NOT_FOUND, JOB_NOT_CANCELLABLE when all its jobs have ended */
  cancel(actor: Actor, id: string): Promise<Batch>;
  /** Cancels what runs, then removes it and its jobs. @throws AppError BATCH_NOT_FOUND */
  remove(actor: Actor, id: string): Promise<void>;
}
