import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { trimRemovals } from '#events/change-feed.ts';
import { startCollector } from '#jobs/collector.ts';
import { every } from '#jobs/every.ts';
import { startPipelineAdvancer } from '#jobs/pipelines/pipeline-advancer.ts';
import { startReconciler } from '#jobs/reconciler.ts';
import { startWorker } from '#jobs/worker.ts';
import { createNeeds } from '#sandbox/needs.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import { startAudit } from './audit.ts';
import { openImports } from './imports.ts';
import type { Parts } from './parts.ts';
import { openPipelines } from './pipelines.ts';
import { startUsage } from './plans.ts';
import { startPrivacy } from './privacy.ts';
import { startScaling } from './scaling.ts';
import { startSchedules } from './schedules.ts';
import { startWebhooks } from './webhooks.ts';

/** So many times within one lease. */
const reconciliations = 6;
const sweepMs = 5_000;
const collectMs = 10 * 60_000;
/** Every thousand objects of a bucket are a request that is paid for. */
const collectBucketMs = 6 * 3_600_000;
/** Longer than any upload or job takes from its bytes to its row. */
const minAgeMs = 24 * 3_600_000;
const forEverMs = 100 * 365 * 24 * 3_600_000;

/** Takes jobs, and looks after what is kept. */
export async function startWork(parts: Parts, sandbox: Sandbox, opened: AsyncDisposableStack): Promise<void> {
  const { config, log, engines, processors, substitutes, madeElsewhere, metrics } = parts;
  const { database, fanOut, store } = engines;
  const { db } = database;
  const { leaseMs } = config;
  startWebhooks(parts, opened);
  startAudit(parts, opened);
  await startPrivacy(parts, opened);
  startUsage(parts, opened);
  startSchedules(parts, opened);
  const soleOwner = database.driver === 'pglite';
  const reconciler = await startReconciler(
    { db, fanOut, log },
    { soleOwner, leaseMs, intervalMs: leaseMs / reconciliations },
  );
  opened.defer(() => reconciler.close());
  const scaling = startScaling(parts, sandbox);
  opened.defer(() => scaling.close());
  const scratchRoot = await realpath(join(config.dataDir, 'scratch'));
  const needs = createNeeds({
    sandbox,
    naming: { processors, madeElsewhere },
    substitutes,
    onMet(processor, how, err) {
      metrics.jobs.needMet(processor, how);
      if (err !== undefined) log.warn({ err, processor, how }, 'somebody outside failed; made here instead');
    },
  });
  const ownWork = await openImports(parts);
  const worker = await startWorker(
    { db, store, sandbox, needs, processors, ownWork, scratchRoot, fanOut, metrics: metrics.jobs, log },
    // Twice as many as there are children: storing a result, synced to the disk, can take longer than light work.
    {
      concurrency: 2 * config.workerProcesses * (config.workerThreads + 1),
      leaseMs,
      only: parts.workerProcessors,
      limits: config.concurrency,
    },
  );
  opened.defer(() => worker.close(config.shutdownGraceMs));
  const { resultTtlMs = forEverMs } = config;
  const objectsIntervalMs = config.s3 === undefined ? collectMs : collectBucketMs;
  const policy = { intervalMs: collectMs, minAgeMs, resultTtlMs, objectsIntervalMs };
  const collector = startCollector({ db, store, scratchRoot, log }, policy);
  opened.defer(() => collector.close());
  const trimmer = every(
    collectMs,
    async () => void (await trimRemovals(db)),
    (err) => log.warn({ err }, 'old removals could not be forgotten; trying again'),
  );
  opened.defer(() => trimmer.close());
  const pipelines = openPipelines(parts);
  const advancer = startPipelineAdvancer(
    { db, fanOut, pipelines, log },
    { intervalMs: sweepMs, expiryMs: collectMs, resultTtlMs },
  );
  opened.defer(() => advancer.close());
}
