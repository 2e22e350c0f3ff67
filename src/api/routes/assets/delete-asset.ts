import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { assetKey } from '../../recent-images.ts';

const schema = {
  summary: 'Remove an upload',
  description: 'Jobs that were made from it keep working: they hold on to the bytes.',
  tags: ['assets'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const deleteAsset: Route = (api, { assets, fanOut, resolveActor }) => {
  api.delete('/v1/assets/:id', { schema }, async (request, reply) => {
    await assets.remove(resolveActor(request), request.params.id);
    // Here at once, in the other processes within milliseconds.
    fanOut.tell('cache-dropped', [assetKey(request.params.id)]);
    return reply.code(204).send(null);
  });
};
