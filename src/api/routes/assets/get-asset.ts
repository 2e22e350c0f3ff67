import { Type } from 'typebox';
import { AssetSchema, toAssetJson } from '../../asset-json.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Describe an upload',
  tags: ['assets'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: AssetSchema },
};

export const getAsset: Route = (api, { assets, resolveActor }) => {
  api.get('/v1/assets/:id', { schema }, async (request) =>
    toAssetJson(await assets.get(resolveActor(request), request.params.id)),
  );
};
