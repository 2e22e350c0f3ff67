import { Type } from 'typebox';
import { BatchSchema, toBatchJson } from '../../batch-json.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Put the failed and cancelled items of a batch back in line',
  tags: ['batches'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: BatchSchema },
};

export const retryBatch: Route = (api, { batches, resolveActor }) => {
  api.post('/v1/batches/:id/retry', { schema }, async (request) =>
    toBatchJson(await batches.retry(resolveActor(request), request.params.id)),
  );
};
