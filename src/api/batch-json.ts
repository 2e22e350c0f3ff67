import { type Static, Type } from 'typebox';
import type { Batch, BatchItem } from '#jobs/batches/batch.ts';
import { JobSchema, toJobJson } from './job-json.ts';

const count = Type.Integer({ minimum: 0 });

export const BatchSchema = Type.Object(
  {
    id: Type.String(),
    processor: Type.String(),
    status: Type.Enum(['running', 'finished'], {
      description: '`finished` once every job has ended, well or badly. A retry makes it run again.',
    }),
    counts: Type.Object(
      { total: count, queued: count, active: count, succeeded: count, failed: count, cancelled: count },
      { description: 'Jobs that were removed, or have expired, are no longer counted.' },
    ),
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    metadata: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
    createdAt: Type.String({ format: 'date-time' }),
    finishedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    archiveUrl: Type.String({ description: 'A ZIP of what has succeeded until it is asked for.' }),
  },
  { description: 'Jobs of one processor that were asked for together.' },
);

export type BatchJson = Static<typeof BatchSchema>;

export const BatchPageSchema = Type.Object({
  items: Type.Array(BatchSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

const BatchItemSchema = Type.Object({
  index: Type.Integer({ description: 'Its place in the request, from 0.' }),
  name: Type.Union([Type.String(), Type.Null()]),
  job: JobSchema,
});

export const BatchItemPageSchema = Type.Object({
  items: Type.Array(BatchItemSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export function toBatchJson({ counts, createdAt, finishedAt, ...batch }: Batch): BatchJson {
  return {
    ...batch,
    counts: { ...counts },
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    archiveUrl: `/v1/batches/${batch.id}/archive`,
  };
}

export function toBatchItemJson({ index, name, job }: BatchItem): Static<typeof BatchItemSchema> {
  return { index, name, job: toJobJson(job) };
}
