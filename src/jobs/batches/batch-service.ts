import type { FanOut } from '#events/fan-out.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import type { CreateJobDeps } from '../create-job.ts';
import type { JobMetrics } from '../job-metrics.ts';
import { createLine } from '../line.ts';
import type { Batches } from './batch.ts';
import { cancelBatch, removeBatch, retryBatch } from './change-batch.ts';
import { createBatch } from './create-batch.ts';
import { listBatches, readBatch, readItems, readOutputs } from './read-batches.ts';

export interface BatchServiceDeps extends CreateJobDeps {
  readonly fanOut: FanOut;
  readonly metrics: JobMetrics;
}

export function createBatchService(deps: BatchServiceDeps): Batches {
  const { tenantDb, metrics } = deps;
  const line = createLine(deps.fanOut);
  const get = (actor: Actor, id: string) => tenantDb.run(actor.tenantId, (trx) => readBatch(trx, actor, id));

  return {
    async create(actor, request) {
      const { id, how } = await createBatch(deps, actor, request);
      for (const each of how) metrics.created(request.processor, each);
      failpoint('after-job-row');
      line.queued();
      failpoint('after-enqueue');
      return get(actor, id);
    },
    get,
    list: (actor, page) => tenantDb.run(actor.tenantId, (trx) => listBatches(trx, actor, page)),
    items: (actor, id, filter) => tenantDb.run(actor.tenantId, (trx) => readItems(trx, actor, id, filter)),
    outputs: (actor, id) => tenantDb.run(actor.tenantId, (trx) => readOutputs(trx, actor, id)),
    async retry(actor, id) {
      await retryBatch(tenantDb, actor, id);
      line.queued();
      return get(actor, id);
    },
    async cancel(actor, id) {
      const cancelled = await cancelBatch(tenantDb, actor, id);
      if (cancelled.length === 0) {
        throw new AppError(
          'JOB_NOT_CANCELLABLE',
          'All jobs of the batch have ended; only unfinished ones are cancelled.',
        );
      }
      line.cancelled(cancelled);
      return get(actor, id);
    },
    async remove(actor, id) {
      line.cancelled(await removeBatch(tenantDb, actor, id));
    },
  };
}
