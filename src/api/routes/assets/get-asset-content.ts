import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { sendContent } from '../../object-response.ts';

const schema = {
  summary: 'Download an upload',
  description: 'Answers Range, If-Range and If-None-Match; the ETag is the SHA-256 of the bytes.',
  tags: ['assets'],
  params: Type.Object({ id: Type.String() }),
};

export const getAssetContent: Route = (api, { assets, store, redirects, resolveActor }) => {
  api.get('/v1/assets/:id/content', { schema }, async (request, reply) => {
    const asset = await assets.get(resolveActor(request), request.params.id);
    return sendContent(request, reply, store, asset, { redirects });
  });
};
