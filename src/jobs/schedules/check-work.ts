import type { Actor } from '#kernel/actor.ts';
import { draftBatch, prepareBatch } from '../batches/plan-batch.ts';
import type { CreateJobDeps } from '../create-job.ts';
import { findAssets, findProcessor, inOrder } from '../job-draft.ts';
import { checkInputCount, planJob } from '../job-plan.ts';
import { completeParameters } from '../parameters.ts';
import { checkPipeline } from '../pipelines/check-pipeline.ts';
import type { ScheduledWork } from './schedule.ts';

/**
 * Whether this could be started now, by the rules of the service that will start it.
 *
 * @throws AppError what starting it would throw
 */
export async function checkWork(deps: CreateJobDeps, actor: Actor, work: ScheduledWork): Promise<void> {
  switch (work.kind) {
    case 'job': {
      const { request } = work;
      const processor = findProcessor(deps.processors, request.processor);
      checkInputCount(processor, request.inputs.length);
      const params = completeParameters(processor, request.params);
      const assets = inOrder(await findAssets(deps.tenantDb, actor, request.inputs), request.inputs);
      planJob(deps, processor, params, assets, request.priority ?? 'normal', deps.maxJobMemoryBytes);
      return;
    }
    case 'batch':
      await draftBatch(deps, actor, work.request, await prepareBatch(deps, work.request));
      return;
    case 'pipeline': {
      const inputs = checkPipeline(deps.processors, work.request).flatMap((step) => step.inputs);
      const ids = inputs.flatMap((input) => ('asset' in input ? [input.asset] : []));
      inOrder(await findAssets(deps.tenantDb, actor, ids), ids);
    }
  }
}
