import type { Plans } from '#accounts/plans/plan.ts';
import type { Batches } from '#jobs/batches/batch.ts';
import type { Jobs } from '#jobs/job.ts';
import type { Pipelines } from '#jobs/pipelines/pipeline.ts';
import type { Actor } from '#kernel/actor.ts';
import { type LimitName, type LimitState, rateLimited } from './limit.ts';
import type { LimitMetrics } from './limit-metrics.ts';
import type { LimitModes } from './limit-modes.ts';
import type { RateLimiter } from './rate-limiter.ts';

export interface JobLimitsDeps {
  readonly counts: RateLimiter;
  readonly modes: Pick<LimitModes, 'allowed'>;
  readonly plans: Plans | undefined;
  readonly metrics: Pick<LimitMetrics, 'refused'>;
  readonly isHeavy: (processor: string) => boolean;
  /** For one user; 0: no limit. */
  readonly heavyPerMinute: number;
}

/** Counts jobs that are asked for together. @throws AppError RATE_LIMITED when all of them are too many: none counts then */
export type TakeJobs = (actor: Actor, processors: readonly string[]) => Promise<void>;

const windowSeconds = 60;

export function createJobLimits({ counts, modes, plans, metrics, isHeavy, heavyPerMinute }: JobLimitsDeps): TakeJobs {
  async function take(name: LimitName, id: string, points: number, limit: number): Promise<() => Promise<void>> {
    const key = `${name} ${id}`;
    const { used, resetsInMs } = await counts.add(key, points, windowSeconds);
    const giveBack = async (): Promise<void> => {
      // In a window that begins meanwhile, it would be a gift.
      if (resetsInMs > 1_000) await counts.add(key, -points, windowSeconds);
    };
    const state: LimitState = { name, allowed: modes.allowed(limit), used, windowSeconds, resetsInMs };
    if (used <= state.allowed) return giveBack;
    await giveBack();
    metrics.refused(name);
    throw rateLimited({ ...state, used: used - points });
  }

  return async (actor, processors) => {
    const heavy = heavyPerMinute === 0 ? 0 : processors.filter(isHeavy).length;
    const giveBack = heavy === 0 ? undefined : await take('heavy-jobs', actor.userId, heavy, heavyPerMinute);
    const perMinute = (await plans?.of(actor.tenantId))?.plan.jobsPerMinute ?? 0;
    if (perMinute === 0 || processors.length === 0) return;
    try {
      await take('jobs', actor.tenantId, processors.length, perMinute);
    } catch (error) {
      await giveBack?.();
      throw error;
    }
  };
}

/**
 * The same jobs, counted before they are made or made again. Pictures by signed address are not: who looks at a page is
 * not who made it, and there is no more of them than addresses were signed.
 */
export function limitJobs<T extends Jobs>(jobs: T, take: TakeJobs): T {
  return {
    ...jobs,
    async create(actor, request) {
      if (request.hidden !== true) await take(actor, [request.processor]);
      return jobs.create(actor, request);
    },
    async retry(actor, id) {
      await take(actor, [(await jobs.get(actor, id)).processor]);
      return jobs.retry(actor, id);
    },
  };
}

export function limitBatches<T extends Batches>(batches: T, take: TakeJobs): T {
  return {
    ...batches,
    async create(actor, request) {
      await take(
        actor,
        request.items.map(() => request.processor),
      );
      return batches.create(actor, request);
    },
    async retry(actor, id) {
      const { processor, counts } = await batches.get(actor, id);
      await take(
        actor,
        Array.from({ length: counts.failed + counts.cancelled }, () => processor),
      );
      return batches.retry(actor, id);
    },
  };
}

export function limitPipelines<T extends Pipelines>(pipelines: T, take: TakeJobs): T {
  return {
    ...pipelines,
    async create(actor, request) {
      await take(
        actor,
        request.steps.map(({ processor }) => processor),
      );
      return pipelines.create(actor, request);
    },
    async retry(actor, id) {
      const { steps } = await pipelines.get(actor, id);
      const again = steps.filter(({ status }) => ['failed', 'cancelled', 'skipped'].includes(status));
      await take(
        actor,
        again.map(({ processor }) => processor),
      );
      return pipelines.retry(actor, id);
    },
  };
}
