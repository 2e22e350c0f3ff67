import type { Actor } from '#kernel/actor.ts';
import type { ErrorCode } from '#kernel/errors.ts';
import type { CreateBatch } from '../batches/batch.ts';
import type { CreateJob } from '../job.ts';
import type { CreatePipeline } from '../pipelines/pipeline.ts';

export const scheduleOverlaps = ['skip', 'allow'] as const;
export const runStatuses = ['started', 'skipped', 'failed'] as const;

/** `skip`: not while the last run has not ended. */
export type ScheduleOverlap = (typeof scheduleOverlaps)[number];
export type RunStatus = (typeof runStatuses)[number];

/** What is asked for, as its service takes it. */
export type ScheduledWork =
  | { readonly kind: 'job'; readonly request: Omit<CreateJob, 'idempotencyKey' | 'hidden'> }
  | { readonly kind: 'batch'; readonly request: Omit<CreateBatch, 'idempotencyKey'> }
  | { readonly kind: 'pipeline'; readonly request: Omit<CreatePipeline, 'idempotencyKey'> };

export interface Schedule {
  readonly id: string;
  readonly name: string | null;
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA's name. */
  readonly timeZone: string;
  readonly work: ScheduledWork;
  readonly overlap: ScheduleOverlap;
  readonly paused: boolean;
  /** Null while it is paused. */
  readonly nextAt: Date | null;
  readonly lastRun: ScheduleRun | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What came of the last time that was due. */
export interface ScheduleRun {
  readonly at: Date;
  readonly status: RunStatus;
  /** The job, batch or pipeline that was started last; of a time that was skipped or failed, the one before. */
  readonly id: string | null;
  readonly error: { readonly code: ErrorCode; readonly detail: string } | null;
}

export interface CreateSchedule {
  readonly name?: string;
  readonly cron: string;
  /** Default UTC. */
  readonly timeZone?: string;
  readonly work: ScheduledWork;
  /** Default `skip`. */
  readonly overlap?: ScheduleOverlap;
  readonly paused?: boolean;
}

export type ChangeSchedule = Partial<Omit<CreateSchedule, 'name'>> & { readonly name?: string | null };

export interface SchedulePage {
  readonly items: readonly Schedule[];
  readonly nextCursor: string | null;
}

/** What the API may do with schedules. Every method answers for one actor's tenant; other tenants' ids do not exist. */
export interface Schedules {
  /** @throws AppError SCHEDULE_INVALID, SCHEDULE_LIMIT; what creating the work now would throw */
  create(actor: Actor, request: CreateSchedule): Promise<Schedule>;
  /** @throws AppError SCHEDULE_NOT_FOUND */
  get(actor: Actor, id: string): Promise<Schedule>;
  /** Newest first. */
  list(actor: Actor, page: { readonly cursor?: string; readonly limit: number }): Promise<SchedulePage>;
  /** @throws AppError SCHEDULE_NOT_FOUND, and what `create` throws */
  update(actor: Actor, id: string, change: ChangeSchedule): Promise<Schedule>;
  /** What it has started goes on. @throws AppError SCHEDULE_NOT_FOUND */
  remove(actor: Actor, id: string): Promise<void>;
  /** Starts its work now, also while it is paused or its last run goes on. @throws AppError SCHEDULE_NOT_FOUND; what creating the work throws */
  run(actor: Actor, id: string): Promise<Schedule>;
}
