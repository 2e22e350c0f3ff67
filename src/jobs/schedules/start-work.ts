import type { Actor } from '#kernel/actor.ts';
import type { Batches } from '../batches/batch.ts';
import type { Jobs } from '../job.ts';
import type { Pipelines } from '../pipelines/pipeline.ts';
import type { ScheduledWork } from './schedule.ts';

/** Those who can start what a schedule asks for. */
export interface WorkServices {
  readonly jobs: Pick<Jobs, 'create'>;
  readonly batches: Pick<Batches, 'create'>;
  readonly pipelines: Pick<Pipelines, 'create'>;
}

/**
 * @param idempotencyKey whoever uses it again starts nothing
 * @returns the id of what was started, now or then
 * @throws AppError what the service throws
 */
export async function startScheduled(
  services: WorkServices,
  actor: Actor,
  work: ScheduledWork,
  idempotencyKey: string,
): Promise<string> {
  const { id } = await (() => {
    switch (work.kind) {
      case 'job':
        return services.jobs.create(actor, { ...work.request, idempotencyKey });
      case 'batch':
        return services.batches.create(actor, { ...work.request, idempotencyKey });
      case 'pipeline':
        return services.pipelines.create(actor, { ...work.request, idempotencyKey });
    }
  })();
  return id;
}
