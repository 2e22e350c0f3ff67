import type { Actor } from '#kernel/actor.ts';
import type { ErrorCode } from '#kernel/errors.ts';
import type { Job, JobPriority } from '../job.ts';

export const maxPipelineSteps = 20;

export const pipelineStatuses = ['active', 'succeeded', 'failed', 'cancelled'] as const;
export type PipelineStatus = (typeof pipelineStatuses)[number];

/** `waiting`: for the steps it refers to. `skipped`: one of them did not succeed. The others are its job's. */
export const stepStatuses = ['waiting', 'queued', 'active', 'succeeded', 'failed', 'cancelled', 'skipped'] as const;
export type StepStatus = (typeof stepStatuses)[number];

/** Jobs that feed each other: each begins when all it refers to have succeeded. */
export interface Pipeline {
  readonly id: string;
  readonly name: string | null;
  /** `active` until every step has ended. What has succeeded stays, however the whole ends. */
  readonly status: PipelineStatus;
  readonly priority: JobPriority;
  /** 0…1, of all steps together */
  readonly progress: number;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly steps: readonly PipelineStep[];
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface PipelineStep {
  /** As the request calls it. */
  readonly id: string;
  readonly processor: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly StepInput[];
  readonly status: StepStatus;
  /** Its job's, which may have been removed since. */
  readonly jobId: string | null;
  readonly job: Job | null;
  readonly error: { readonly code: ErrorCode; readonly detail: string } | null;
}

/** An asset, or an output of a step that stands before this one. */
export type StepInput = { readonly asset: string } | OutputReference;

export interface OutputReference {
  readonly step: string;
  /** Its place among the outputs, from 0. */
  readonly output: number;
}

export interface CreatePipeline {
  readonly name?: string;
  /** 1…`maxPipelineSteps` */
  readonly steps: readonly CreateStep[];
  /** Asset ids; what the first step works on when it does not say, and what `{input}` counts. */
  readonly inputs?: readonly string[];
  readonly priority?: JobPriority;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly webhookUrl?: string;
  /** Names pipelines alone: a job with the same key is another matter. */
  readonly idempotencyKey?: string;
}

export interface CreateStep {
  /** What later steps call it; one of its kind. */
  readonly id: string;
  readonly processor: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Without them, the first step takes those of the pipeline, any other the first output of the step before it. */
  readonly inputs?: readonly (StepInput | { readonly input: number })[];
}

export interface PipelinePage {
  readonly items: readonly Pipeline[];
  readonly nextCursor: string | null;
}

/** What the API may do with pipelines. Every method answers for one actor's tenant; other tenants' ids do not exist. */
export interface Pipelines {
  /**
   * The whole, and the jobs of the steps that can begin, or nothing: when this resolves it survives any crash.
   *
   * @returns the new pipeline; with a known idempotency key, the one made then
   * @throws AppError PIPELINE_INVALID, or what creating the job of a step would throw, with the `step`;
   *   IDEMPOTENCY_KEY_REUSED
   */
  create(actor: Actor, request: CreatePipeline): Promise<Pipeline>;
  /** @throws AppError PIPELINE_NOT_FOUND */
  get(actor: Actor, id: string): Promise<Pipeline>;
  /** Newest first. */
  list(actor: Actor, page: { readonly cursor?: string; readonly limit: number }): Promise<PipelinePage>;
  /** Steps that failed, were cancelled or skipped begin again. @throws AppError PIPELINE_NOT_FOUND, JOB_NOT_RETRYABLE */
  retry(actor: Actor, id: string): Promise<Pipeline>;
  /** @throws AppError PIPELINE_NOT_FOUND, JOB_NOT_CANCELLABLE when every step has ended */
  cancel(actor: Actor, id: string): Promise<Pipeline>;
  /** Cancels what runs, then removes it with the jobs of its steps. @throws AppError PIPELINE_NOT_FOUND */
  remove(actor: Actor, id: string): Promise<void>;
}
