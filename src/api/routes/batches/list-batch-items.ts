import { Type } from 'typebox';
import { BatchItemPageSchema, toBatchItemJson } from '../../batch-json.ts';
import type { Route } from '../../deps.ts';
import { JobStatusSchema } from '../../job-json.ts';
import { PageQuery, pageOf } from '../../paging.ts';

const schema = {
  summary: 'The items of a batch and their jobs, in the order of the request',
  description: 'With `status=failed` those that went wrong; each says why in its `error`.',
  tags: ['batches'],
  params: Type.Object({ id: Type.String() }),
  querystring: Type.Object({ ...PageQuery, status: Type.Optional(JobStatusSchema) }, { additionalProperties: false }),
  response: { 200: BatchItemPageSchema },
};

export const listBatchItems: Route = (api, { batches, resolveActor }) => {
  api.get('/v1/batches/:id/items', { schema }, async (request) => {
    const { status, ...page } = request.query;
    const filter = { ...pageOf(page), ...(status && { status }) };
    const { items, nextCursor } = await batches.items(resolveActor(request), request.params.id, filter);
    return { items: items.map(toBatchItemJson), nextCursor };
  });
};
