import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { publicOrigin } from '../../public-origin.ts';
import { ShareSchema, toShareJson } from '../../share-json.ts';

const schema = {
  summary: 'Open shares, newest first',
  tags: ['shares'],
  querystring: Type.Object(
    { jobId: Type.Optional(Type.String({ description: 'Of this job only.' })) },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ items: Type.Array(ShareSchema) }) },
};

export const listShares: Route = (api, { shares, config, resolveActor, signingKeys }) => {
  api.get('/v1/shares', { schema }, async (request) => {
    const open = await shares.list(resolveActor(request), request.query.jobId);
    const origin = publicOrigin(config, request);
    return { items: open.map((share) => toShareJson(share, signingKeys, origin)) };
  });
};
