import type { Pipeline } from '#jobs/pipelines/pipeline.ts';
import { readPipeline } from '#jobs/pipelines/read-pipelines.ts';
import { AppError } from '#kernel/errors.ts';
import type { EventSource, OccurredEvent } from './outbox.ts';

/** As PostgreSQL writes the row in JSON. */
interface EndedPipeline {
  readonly id: string;
  readonly tenant_id: string;
  readonly owner_id: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly webhook_url: string | null;
  readonly finished_at: string;
}

/** What notes of ended pipelines tell. Of one that is gone since there is nothing left to tell. */
export function pipelineEvents(render: (pipeline: Pipeline) => Readonly<Record<string, unknown>>): EventSource {
  return async (trx, notes) => {
    const events: OccurredEvent[] = [];
    for (const { subject } of notes) {
      const row = subject as unknown as EndedPipeline;
      const actor = { tenantId: row.tenant_id, userId: row.owner_id };
      const pipeline = await readPipeline(trx, actor, row.id).catch(goneIsNothing);
      if (pipeline === undefined) continue;
      const finishedAt = new Date(row.finished_at);
      events.push({
        type: `pipeline.${row.status}`,
        tenantId: row.tenant_id,
        subjectId: row.id,
        at: finishedAt,
        // As it ended, should somebody have tried it again since.
        data: render({ ...pipeline, status: row.status, finishedAt }),
        url: row.webhook_url,
        forEndpoints: true,
      });
    }
    return events;
  };
}

/** For what may have been removed since it ended. */
export function goneIsNothing(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error;
}
