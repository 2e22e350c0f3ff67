import { AssetSchema, toAssetJson } from '../../asset-json.ts';
import type { Route } from '../../deps.ts';
import { receiveUpload, uploadOptions } from '../../upload.ts';

const { schema: uploadSchema, ...options } = uploadOptions('file');

const schema = {
  ...uploadSchema,
  summary: 'Upload a file',
  description: 'As the field `file` of a form, or as the raw body. The type is recognised from the content.',
  tags: ['assets'],
  response: { 201: AssetSchema },
};

export const createAsset: Route = (api, deps) => {
  api.post('/v1/assets', { ...options, schema }, async (request, reply) => {
    const { asset } = await receiveUpload(request, deps, deps.resolveActor(request), ['file']);
    return reply.code(201).header('location', `/v1/assets/${asset.id}`).send(toAssetJson(asset));
  });
};
