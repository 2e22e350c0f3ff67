import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Remove an upload',
  description: 'Jobs that were made from it keep working: they hold on to the bytes.',
  tags: ['assets'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const deleteAsset: Route = (api, { assets, recentImages, resolveActor }) => {
  api.delete('/v1/assets/:id', { schema }, async (request, reply) => {
    await assets.remove(resolveActor(request), request.params.id);
    recentImages.forgetAsset(request.params.id);
    return reply.code(204).send(null);
  });
};
