import type { Logger } from 'pino';
import type { FanOut } from '#events/fan-out.ts';
import type { Actor } from '#kernel/actor.ts';
import { failpoint } from '#kernel/failpoints.ts';
import type { CreatedJob } from '../create-job.ts';
import type { JobMetrics } from '../job-metrics.ts';
import { createLine } from '../line.ts';
import { type AdvanceDeps, advancePipeline } from './advance-pipeline.ts';
import { cancelPipeline, removePipeline, retryPipeline } from './change-pipeline.ts';
import { createPipeline } from './create-pipeline.ts';
import type { Pipelines } from './pipeline.ts';
import { listPipelines, readPipeline } from './read-pipelines.ts';

export interface PipelineServiceDeps extends AdvanceDeps {
  readonly fanOut: FanOut;
  readonly log: Logger;
  readonly metrics: JobMetrics;
}

export interface PipelineService extends Pipelines {
  /** Lets the steps begin that can. @throws AppError that may pass */
  advance(tenantId: string, id: string): Promise<void>;
}

export function createPipelineService(deps: PipelineServiceDeps): PipelineService {
  const { tenantDb, metrics, log } = deps;
  const line = createLine(deps.fanOut);

  function announceMade(made: readonly CreatedJob[]): void {
    for (const { job, how } of made) metrics.created(job.processor, how);
    if (made.length === 0) return;
    failpoint('after-step-row');
    line.queued();
  }

  const advance = (tenantId: string, id: string) => advancePipeline(deps, tenantId, id, announceMade);
  const get = (actor: Actor, id: string) => tenantDb.run(actor.tenantId, (trx) => readPipeline(trx, actor, id));

  /** The rows stand: what cannot be done now is done by whoever sweeps. */
  async function tryToAdvance({ tenantId }: Actor, id: string): Promise<void> {
    await advance(tenantId, id).catch((error) =>
      log.warn({ err: error, pipelineId: id }, 'could not advance a pipeline yet'),
    );
  }

  return {
    advance,
    async create(actor, request) {
      const { id, made, unknown } = await createPipeline(deps, actor, request);
      announceMade(made);
      if (unknown.length > 0) await tryToAdvance(actor, id);
      return get(actor, id);
    },
    get,
    list: (actor, page) => tenantDb.run(actor.tenantId, (trx) => listPipelines(trx, actor, page)),
    async retry(actor, id) {
      await retryPipeline(tenantDb, actor, id);
      await tryToAdvance(actor, id);
      return get(actor, id);
    },
    async cancel(actor, id) {
      line.cancelled(await cancelPipeline(tenantDb, actor, id));
      return get(actor, id);
    },
    async remove(actor, id) {
      line.cancelled(await removePipeline(tenantDb, actor, id));
    },
  };
}
