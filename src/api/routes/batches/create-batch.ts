import { type Static, Type } from 'typebox';
import { displayName } from '#assets/display-name.ts';
import { type CreateBatch, type CreateBatchItem, maxBatchItems } from '#jobs/batches/batch.ts';
import { mebibyte } from '#kernel/units.ts';
import { BatchSchema, toBatchJson } from '../../batch-json.ts';
import type { Route } from '../../deps.ts';
import { JobPrioritySchema } from '../../job-json.ts';

const anyObject = Type.Record(Type.String(), Type.Unknown());
const assetId = Type.String({ maxLength: 100 });
const assetIds = Type.Array(assetId, { maxItems: 100 });

const ItemSchema = Type.Union(
  [
    assetId,
    assetIds,
    Type.Object(
      {
        inputs: assetIds,
        params: Type.Optional(anyObject),
        name: Type.Optional(
          Type.String({ maxLength: 255, description: 'What its results are called in the archive.' }),
        ),
      },
      { additionalProperties: false },
    ),
  ],
  { description: 'An asset id; or several, for one job; or these with parameters and a name of their own.' },
);

export const BatchRequestSchema = Type.Object(
  {
    processor: Type.String({ minLength: 1, maxLength: 100 }),
    inputs: Type.Array(ItemSchema, { minItems: 1, maxItems: maxBatchItems }),
    params: Type.Optional(anyObject),
    priority: Type.Optional(JobPrioritySchema),
    metadata: Type.Optional(anyObject),
  },
  { additionalProperties: false },
);

const schema = {
  summary: 'Create many jobs at once',
  description:
    'One job for each item, all of them or none: an item that cannot be done refuses the batch, and `index` says which. Parameters of an item win over those of the batch, name by name. Jobs of a batch have priority `low` unless another is given. The same `Idempotency-Key` gives the same batch.',
  tags: ['batches'],
  headers: Type.Object({
    'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' })),
  }),
  body: BatchRequestSchema,
  response: { 202: BatchSchema },
};

/** A thousand items with a few kilobytes of parameters each. */
const bodyLimit = 4 * mebibyte;

export const createBatch: Route = (api, { batches, resolveActor }) => {
  api.post('/v1/batches', { schema, bodyLimit }, async (request, reply) => {
    const idempotencyKey = request.headers['idempotency-key'];
    const batch = await batches.create(resolveActor(request), {
      ...batchOf(request.body),
      ...(idempotencyKey && { idempotencyKey }),
    });
    return reply.code(202).header('location', `/v1/batches/${batch.id}`).send(toBatchJson(batch));
  });
};

export function batchOf({ inputs, params = {}, ...rest }: Static<typeof BatchRequestSchema>): CreateBatch {
  return { ...rest, params, items: inputs.map(itemOf) };
}

function itemOf(item: Static<typeof ItemSchema>): CreateBatchItem {
  if (typeof item === 'string') return { inputs: [item] };
  if (Array.isArray(item)) return { inputs: item };
  const { name, ...rest } = item;
  const shown = displayName(name ?? null);
  return { ...rest, ...(shown !== null && { name: shown }) };
}
