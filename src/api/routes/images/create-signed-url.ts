import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { formatImageOptions, imageOptions } from '../../image-options.ts';
import { publicOrigin } from '../../public-origin.ts';
import { signPath } from '../../url-signature.ts';

const schema = {
  summary: 'An address that shows an upload to anybody, in another size or format',
  tags: ['images'],
  body: Type.Object({ assetId: Type.String({ maxLength: 100 }), ...imageOptions }, { additionalProperties: false }),
  response: {
    200: Type.Object({ url: Type.String(), path: Type.String({ description: 'The same without scheme and host.' }) }),
  },
};

export const createSignedUrl: Route = (api, { assets, config, processors, resolveActor, signingKeys }) => {
  if (!processors.some(({ name }) => name === 'image.resize')) return;

  api.post('/v1/images/signed-urls', { schema }, async (request) => {
    const { assetId, ...options } = request.body;
    const { id } = await assets.get(resolveActor(request), assetId);
    const signed = `/${formatImageOptions(options)}/${id}`;
    const path = `/i/${signPath(signingKeys, signed)}${signed}`;
    const origin = publicOrigin(config, request);
    return { url: `${origin}${path}`, path };
  });
};
