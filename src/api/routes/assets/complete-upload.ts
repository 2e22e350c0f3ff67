import { Type } from 'typebox';
import { AssetSchema, toAssetJson } from '../../asset-json.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Make an asset of a file that was sent straight to the object store',
  description:
    'Its size, SHA-256, type and limits are looked at, as with any upload. The same again gives the same asset.',
  tags: ['assets'],
  params: Type.Object({ id: Type.String() }),
  response: { 201: AssetSchema },
};

export const completeUpload: Route = (api, { directUploads, resolveActor }) => {
  api.post('/v1/assets/:id/complete', { schema }, async (request, reply) => {
    const asset = await directUploads.complete(resolveActor(request), request.params.id);
    return reply.code(201).header('location', `/v1/assets/${asset.id}`).send(toAssetJson(asset));
  });
};
