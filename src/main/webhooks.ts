import { toBatchJson } from '#api/batch-json.ts';
import { toJobJson } from '#api/job-json.ts';
import { toPipelineJson } from '#api/pipeline-json.ts';
import type { Batch } from '#jobs/batches/batch.ts';
import type { Job } from '#jobs/job.ts';
import type { Pipeline } from '#jobs/pipelines/pipeline.ts';
import { startDispatcher } from '#webhooks/dispatcher.ts';
import { jobEvents } from '#webhooks/job-events.ts';
import { pipelineEvents } from '#webhooks/pipeline-events.ts';
import { receiverGuard } from '#webhooks/receiver-guard.ts';
import type { Webhooks } from '#webhooks/webhook.ts';
import { createWebhooks } from '#webhooks/webhook-service.ts';
import type { Parts } from './parts.ts';

const limits = {
  concurrency: 32,
  perReceiver: 8,
  timeoutMs: 20_000,
  pollMs: 2_000,
  keepMs: 30 * 24 * 3_600_000,
};

/** For the API. */
export function openWebhooks({ config, engines }: Parts): Webhooks {
  return createWebhooks({ tenantDb: engines.database.tenantDb, guard: receiverGuard(config.webhookPrivateHosts) });
}

/** Sends what is due, together with all other processes that work. */
export function startWebhooks({ config, engines, metrics, log }: Parts, opened: AsyncDisposableStack): void {
  const { publicUrl = '' } = config;
  const absolute = <T extends { readonly url: string }>(outputs: readonly T[]) =>
    outputs.map((output) => ({ ...output, url: `${publicUrl}${output.url}` }));
  const job = (each: Job) => {
    const json = toJobJson(each);
    return { ...json, outputs: absolute(json.outputs) };
  };
  const batch = (each: Batch) => {
    const json = toBatchJson(each);
    return { ...json, archiveUrl: `${publicUrl}${json.archiveUrl}` };
  };
  const pipeline = (each: Pipeline) => {
    const json = toPipelineJson(each);
    return { ...json, steps: json.steps.map((step) => ({ ...step, outputs: absolute(step.outputs) })) };
  };
  const dispatcher = startDispatcher(
    {
      db: engines.database.db,
      fanOut: engines.fanOut,
      sources: { job: jobEvents({ job, batch }), pipeline: pipelineEvents(pipeline) },
      guard: receiverGuard(config.webhookPrivateHosts),
      metrics: metrics.webhooks,
      log,
    },
    { ...limits, soleOwner: engines.database.driver === 'pglite' },
  );
  opened.defer(() => dispatcher.close(config.shutdownGraceMs));
}
