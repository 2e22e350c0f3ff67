import { Type } from 'typebox';
import { BatchSchema, toBatchJson } from '../../batch-json.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Stop every item of a batch that has not ended',
  tags: ['batches'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: BatchSchema },
};

export const cancelBatch: Route = (api, { batches, resolveActor }) => {
  api.post('/v1/batches/:id/cancel', { schema }, async (request) =>
    toBatchJson(await batches.cancel(resolveActor(request), request.params.id)),
  );
};
