import type { Audit } from '#audit/audit.ts';
import type { Batches } from '#jobs/batches/batch.ts';
import type { Jobs } from '#jobs/job.ts';
import type { Pipelines } from '#jobs/pipelines/pipeline.ts';
import { machineLoad, thisMachine } from '#kernel/machine.ts';
import { memoryRateLimiter } from '#limits/drivers/memory/memory-rate-limiter.ts';
import { postgresRateLimiter } from '#limits/drivers/postgres/postgres-rate-limiter.ts';
import { gathered } from '#limits/gathered.ts';
import { isHeavyProcessor } from '#limits/heavy-processors.ts';
import { heldKeys } from '#limits/held-keys.ts';
import { insured } from '#limits/insured.ts';
import { createJobLimits, limitBatches, limitJobs, limitPipelines, type TakeJobs } from '#limits/job-limits.ts';
import { openLimitModes } from '#limits/limit-modes.ts';
import type { Limits } from '#limits/limits.ts';
import { watchPressure } from '#limits/pressure.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import { createRequestLimits } from '#limits/request-limits.ts';
import { createSignInLimits } from '#limits/sign-in-limits.ts';
import type { Parts } from './parts.ts';

export interface OpenLimits {
  readonly limits: Limits;
  /** The same services, whose jobs are counted. */
  limited<J extends Jobs, B extends Batches, P extends Pipelines>(services: {
    readonly jobs: J;
    readonly batches: B;
    readonly pipelines: P;
  }): { readonly jobs: J; readonly batches: B; readonly pipelines: P };
}

/** For the API; `opened` closes it. */
export async function openLimits(parts: Parts, audit: Audit, opened: AsyncDisposableStack): Promise<OpenLimits> {
  const { config, engines, log, metrics, plans } = parts;
  const { db } = engines.database;
  const { lasting, counts } = await openCounts(parts, opened);
  const insuredLasting = insured(lasting, memoryRateLimiter());
  opened.defer(() => insuredLasting.close());

  const modes = await openLimitModes({
    db,
    fanOut: engines.fanOut,
    audit,
    onChange(mode) {
      requests.forgetSpent();
      log.warn({ mode: mode.mode, until: mode.until }, 'limits are different now');
    },
    onError: (err) => log.warn({ err }, 'it could not be looked up how strict limits are'),
  });
  opened.defer(async () => modes.close());
  const shared = { modes, plans, metrics: metrics.limits };
  const requests = createRequestLimits({
    ...shared,
    counts,
    lasting: insuredLasting,
    perMinute: config.limits.perMinute,
    onBlocked: (address, { name, resetsInMs }) =>
      log.warn({ address, limit: name, seconds: resetsInMs / 1_000 }, 'an address is blocked'),
  });
  const signIn = createSignInLimits({ ...shared, counts: lasting, attempts: config.limits.signInAttempts });
  const pressure = openPressure(parts);
  opened.defer(async () => pressure.close());
  metrics.limits.watchLimits(() => ({
    blockedAddresses: requests.blockedAddresses,
    aggressive: modes.current().mode === 'aggressive',
  }));

  const heavy = new Set(
    parts.processors
      .list()
      .filter(isHeavyProcessor)
      .map(({ name }) => name),
  );
  const take: TakeJobs = createJobLimits({
    ...shared,
    counts: insuredLasting,
    isHeavy: (processor) => heavy.has(processor),
    heavyPerMinute: config.limits.heavyJobsPerMinute,
  });
  return {
    limits: { requests, signIn, modes, pressure, metrics: metrics.limits },
    limited: ({ jobs, batches, pipelines }) => ({
      jobs: limitJobs(jobs, take),
      batches: limitBatches(batches, take),
      pipelines: limitPipelines(pipelines, take),
    }),
  };
}

/**
 * Requests are counted where it is cheapest to count them exactly: in Redis; else, where there may be several processes,
 * in a table that is never written to disk in time; else in memory. What must survive a restart is in Redis or in the
 * database.
 */
async function openCounts(
  { config, engines, log }: Parts,
  opened: AsyncDisposableStack,
): Promise<{ readonly lasting: RateLimiter; readonly counts: RateLimiter }> {
  const { db, driver } = engines.database;
  if (config.queueDriver === 'redis' && config.redisUrl !== undefined) {
    const { openRedisRateLimiter } = await import('#limits/drivers/redis/redis-rate-limiter.ts');
    const onError = (err: unknown): void => log.debug({ err }, 'the counts in Redis cannot be reached');
    const redis = openRedisRateLimiter({ url: config.redisUrl, onError });
    opened.defer(() => redis.close());
    return { lasting: redis, counts: withInsurance(redis, opened) };
  }
  const lasting = postgresRateLimiter({ db, table: 'rate_limits' });
  opened.defer(() => lasting.close());
  if (driver === 'postgres') {
    const requests = postgresRateLimiter({ db, table: 'request_counts' });
    opened.defer(() => requests.close());
    return { lasting, counts: withInsurance(requests, opened) };
  }
  const memory = memoryRateLimiter();
  opened.defer(() => memory.close());
  // Blocked before this process was started.
  for (const { key, used, seconds } of await heldKeys(db)) await memory.hold(key, used, seconds);
  return { lasting, counts: memory };
}

function withInsurance(limiter: RateLimiter, opened: AsyncDisposableStack): RateLimiter {
  const both = gathered(insured(limiter, memoryRateLimiter()));
  opened.defer(() => both.close());
  return both;
}

function openPressure({ config, line }: Parts) {
  const { maxQueueAgeSeconds } = config.limits;
  const { memoryBytes } = thisMachine();
  return watchPressure({
    memoryBytes,
    residentBytes: () => process.memoryUsage.rss(),
    freeBytes: () => machineLoad().freeMemoryBytes,
    maxQueueAgeSeconds,
    oldestInLineSeconds:
      maxQueueAgeSeconds === 0
        ? undefined
        : async () => Math.max(0, ...(await line()).map(({ oldestSeconds }) => oldestSeconds)),
  });
}
