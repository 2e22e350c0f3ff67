import { Type } from 'typebox';
import { BatchSchema, toBatchJson } from '../../batch-json.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'How far a batch is',
  tags: ['batches'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: BatchSchema },
};

export const getBatch: Route = (api, { batches, resolveActor }) => {
  api.get('/v1/batches/:id', { schema }, async (request) =>
    toBatchJson(await batches.get(resolveActor(request), request.params.id)),
  );
};
