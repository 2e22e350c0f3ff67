import type { Batch } from '#jobs/batches/batch.ts';
import { readBatch } from '#jobs/batches/read-batches.ts';
import type { Job } from '#jobs/job.ts';
import { type JobRow, selectJobs, toJob } from '#jobs/job-rows.ts';
import type { EventSource, Note, OccurredEvent } from './outbox.ts';
import { goneIsNothing } from './pipeline-events.ts';

export interface JobEventRenderers {
  readonly job: (job: Job) => Readonly<Record<string, unknown>>;
  readonly batch: (batch: Batch) => Readonly<Record<string, unknown>>;
}

/** What notes of ended jobs tell: each its own event, and the end of a batch whose last one it was. */
export function jobEvents(render: JobEventRenderers): EventSource {
  return async (trx, notes) => {
    const rows = notes.map(rowOf);
    const ids = rows.map((row) => row.id);
    const files = new Map((await selectJobs(trx).where('id', 'in', ids).execute()).map((row) => [row.id, row]));
    const events = rows.map((row): OccurredEvent => {
      const { inputs = [], outputs = [] } = files.get(row.id) ?? {};
      return {
        type: `job.${row.status}`,
        tenantId: row.tenant_id,
        subjectId: row.id,
        at: row.finished_at ?? row.created_at,
        data: render.job(toJob({ ...row, inputs, outputs })),
        url: row.webhook_url,
        forEndpoints: !row.hidden,
      };
    });
    const batches = new Map(rows.flatMap((row) => (row.batch_id === null ? [] : [[row.batch_id, row] as const])));
    for (const [id, row] of batches) {
      const actor = { tenantId: row.tenant_id, userId: row.owner_id };
      const batch = await readBatch(trx, actor, id).catch(goneIsNothing);
      // Whoever notes the last end sees all of them: notes are seen once their transaction is committed.
      if (batch?.finishedAt) events.push(batchFinished(batch, batch.finishedAt, row.tenant_id, render));
    }
    return events;
  };
}

/** Two ends at the same time may both be the last one; the time of the end tells whether it is the same event. */
function batchFinished(batch: Batch, at: Date, tenantId: string, render: JobEventRenderers): OccurredEvent {
  return {
    type: 'batch.finished',
    tenantId,
    subjectId: batch.id,
    key: `batch ${batch.id} ${at.toISOString()}`,
    at,
    data: render.batch(batch),
    url: null,
    forEndpoints: true,
  };
}

/** The row as it was, with the times that JSON writes as text. */
function rowOf({ subject }: Note): JobRow {
  const row = subject as unknown as JobRow;
  const time = (text: unknown) => (text === null ? null : new Date(text as string));
  return {
    ...row,
    created_at: new Date(row.created_at),
    queued_at: new Date(row.queued_at),
    started_at: time(row.started_at),
    finished_at: time(row.finished_at),
  };
}
