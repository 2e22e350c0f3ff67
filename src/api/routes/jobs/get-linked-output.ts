import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import type { Route } from '../../deps.ts';
import { sendContent } from '../../object-response.ts';
import { checkOutputPath } from '../../output-link.ts';

const schema = {
  summary: 'An output by signed address',
  description: 'The address comes from `POST /v1/jobs/{id}/outputs/{index}/link`. Answers Range and If-None-Match.',
  tags: ['jobs'],
  params: Type.Object({
    signature: Type.String(),
    expires: Type.String(),
    jobId: Type.String(),
    index: Type.String({ pattern: '^\\d{1,6}$' }),
    name: Type.String(),
  }),
};

const yearSeconds = 31_536_000;

/** Answers anybody who has the address: the signature is the permission. */
export const getLinkedOutput: Route = (api, { findOutput, signingKeys, store }) => {
  api.get('/o/:signature/:expires/:jobId/:index/:name', { schema }, async (request, reply) => {
    const leftSeconds = checkOutputPath(signingKeys, request.raw.url ?? '', Date.now());
    // Pages of others show these results, and a cache between must not keep one answer for each of them.
    reply.headers({ 'cross-origin-resource-policy': 'cross-origin', 'access-control-allow-origin': '*' });
    reply.removeHeader('vary');
    const { jobId, index, name } = request.params;
    const output = await findOutput(jobId, Number(index));
    if (output === undefined) {
      throw new AppError('OUTPUT_NOT_FOUND', 'The result is not kept any more. Run the job again.');
    }
    // Not sent on to the store: whoever caches this is to keep the bytes, not an address that expires.
    const cacheControl = `public, max-age=${Math.min(yearSeconds, leftSeconds)}, immutable`;
    return await sendContent(request, reply, store, { ...output, name }, { cacheControl });
  });
};
