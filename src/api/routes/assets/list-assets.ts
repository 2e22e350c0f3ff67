import { Type } from 'typebox';
import { AssetPageSchema, toAssetJson } from '../../asset-json.ts';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';

const schema = {
  summary: 'List uploads, newest first',
  tags: ['assets'],
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: AssetPageSchema },
};

export const listAssets: Route = (api, { assets, resolveActor }) => {
  api.get('/v1/assets', { schema }, async (request) => {
    const { items, nextCursor } = await assets.list(resolveActor(request), pageOf(request.query));
    return { items: items.map(toAssetJson), nextCursor };
  });
};
