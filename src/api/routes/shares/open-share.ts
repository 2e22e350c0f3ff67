import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import type { Route } from '../../deps.ts';
import { sendContent } from '../../object-response.ts';
import { isShareSigned } from '../../share-json.ts';

const schema = {
  summary: 'A shared output',
  description: 'The address comes from `POST /v1/shares`. Answers Range and If-None-Match.',
  tags: ['shares'],
  params: Type.Object({ id: Type.String(), signature: Type.String() }),
  querystring: Type.Object({}, { additionalProperties: false }),
};

/** Answers anybody who has the address. One that is wrong, has ended or was taken back gives all the same answer. */
export const openShare: Route = (api, { openShare: find, signingKeys, store }) => {
  api.get('/s/:id/:signature', { schema }, async (request, reply) => {
    const { id, signature } = request.params;
    const output = isShareSigned(signingKeys, id, signature) ? await find(id) : undefined;
    if (output === undefined) {
      throw new AppError('SHARE_NOT_FOUND', 'Nothing is shared here, or not any more. Ask whoever sent the address.');
    }
    // Asked for each time: what was taken back must not be in anybody's cache. Nor in a search engine.
    reply.header('x-robots-tag', 'noindex').header('referrer-policy', 'no-referrer');
    return await sendContent(request, reply, store, output, { cacheControl: 'private, no-cache' });
  });
};
