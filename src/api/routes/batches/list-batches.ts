import { Type } from 'typebox';
import { BatchPageSchema, toBatchJson } from '../../batch-json.ts';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';

const schema = {
  summary: 'List batches, newest first',
  tags: ['batches'],
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: BatchPageSchema },
};

export const listBatches: Route = (api, { batches, resolveActor }) => {
  api.get('/v1/batches', { schema }, async (request) => {
    const { items, nextCursor } = await batches.list(resolveActor(request), pageOf(request.query));
    return { items: items.map(toBatchJson), nextCursor };
  });
};
