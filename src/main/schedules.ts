import { createBatchService } from '#jobs/batches/batch-service.ts';
import { createJobService } from '#jobs/job-service.ts';
import { unfinishedJobs } from '#jobs/job-watcher.ts';
import type { Schedules } from '#jobs/schedules/schedule.ts';
import { createScheduleService } from '#jobs/schedules/schedule-service.ts';
import { startScheduler } from '#jobs/schedules/scheduler.ts';
import type { Parts } from './parts.ts';
import { openPipelines } from './pipelines.ts';

/** A time is met within a second. */
const intervalMs = 1_000;

/** For the API. */
export function openSchedules(parts: Parts, opened: AsyncDisposableStack): Schedules {
  return createScheduleService(servicesOf(parts, opened));
}

/** Starts what is due, together with all other processes that work. */
export function startSchedules(parts: Parts, opened: AsyncDisposableStack): void {
  const scheduler = startScheduler(servicesOf(parts, opened), { intervalMs });
  opened.defer(() => scheduler.close());
}

function servicesOf(parts: Parts, opened: AsyncDisposableStack) {
  const { config, log, engines, processors, madeElsewhere, metrics } = parts;
  const { database, fanOut, store } = engines;
  const limits = { maxJobMemoryBytes: config.workerMemoryBytes };
  const { db, tenantDb } = database;
  const unfinished = unfinishedJobs(db);
  const line = {
    db,
    tenantDb,
    unfinished,
    store,
    fanOut,
    processors,
    madeElsewhere,
    log,
    metrics: metrics.jobs,
    ...limits,
  };
  const jobs = createJobService(line);
  opened.defer(async () => jobs.close());
  return { ...line, jobs, batches: createBatchService(line), pipelines: openPipelines(parts) };
}
