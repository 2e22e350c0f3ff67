import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import type { CreateJobDeps } from '../create-job.ts';
import type { JobMetrics } from '../job-metrics.ts';
import { createLine, type LineDeps } from '../line.ts';
import type { Batches } from './batch.ts';
import { cancelBatch, removeBatch, retryBatch, type Stopped } from './change-batch.ts';
import { createBatch } from './create-batch.ts';
import { listBatches, readBatch, readItems, readOutputs } from './read-batches.ts';

export interface BatchServiceDeps extends CreateJobDeps, LineDeps {
  readonly metrics: JobMetrics;
}

export function createBatchService(deps: BatchServiceDeps): Batches {
  const { db, metrics } = deps;
  const line = createLine(deps);

  async function announce({ cancelled, promoted }: Stopped): Promise<void> {
    line.stop(cancelled);
    line.finished(cancelled);
    await line.put(promoted);
  }

  return {
    async create(actor, request) {
      const { id, how, queued } = await createBatch(deps, actor, request);
      for (const each of how) metrics.created(request.processor, each);
      failpoint('after-job-row');
      await line.put(queued);
      failpoint('after-enqueue');
      return readBatch(db, actor, id);
    },
    get: (actor, id) => readBatch(db, actor, id),
    list: (actor, page) => listBatches(db, actor, page),
    items: (actor, id, filter) => readItems(db, actor, id, filter),
    outputs: (actor, id) => readOutputs(db, actor, id),
    async retry(actor, id) {
      await line.put(await retryBatch(db, actor, id));
      return readBatch(db, actor, id);
    },
    async cancel(actor, id) {
      const stopped = await cancelBatch(db, actor, id);
      if (stopped.cancelled.length === 0) {
        throw new AppError(
          'JOB_NOT_CANCELLABLE',
          'All jobs of the batch have ended; only unfinished ones are cancelled.',
        );
      }
      await announce(stopped);
      return readBatch(db, actor, id);
    },
    async remove(actor, id) {
      await announce(await removeBatch(db, actor, id));
    },
  };
}
