import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Job } from '#jobs/job.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError, errorTable } from '#kernel/errors.ts';
import type { Processor } from '#processors/contract.ts';
import type { Route, RouteDeps } from '../../deps.ts';
import { formatImageOptions, type ImageOptions, parseImageOptions } from '../../image-options.ts';
import { sendContent } from '../../object-response.ts';
import type { RecentImage } from '../../recent-images.ts';
import { isSigned } from '../../url-signature.ts';
import { finishedOutput, waitForJob } from '../../waiting.ts';

const schema = {
  summary: 'A picture by signed address',
  description:
    'In another size or format, as the options say; made once, then kept. The address comes from ' +
    '`POST /v1/images/signed-urls`, or from whoever has a key: the signature is the HMAC-SHA256 of all that follows it.',
  tags: ['images'],
  params: Type.Object({
    signature: Type.String(),
    options: Type.String({ description: 'Like `w:512,h:512,fit:cover,f:webp`.' }),
    assetId: Type.String(),
  }),
};

const cacheControl = 'public, max-age=31536000, immutable';
const maxWaitMs = 60_000;

/** Answers anybody who has the address: the signature is the permission. */
export const getSignedImage: Route = (api, deps) => {
  const { processors, pictures, signingKeys, recentImages } = deps;
  const processor = processors.find(({ name }) => name === 'image.resize');
  if (!processor) return;

  api.get('/i/:signature/:options/:assetId', { schema }, async (request, reply) => {
    // Signed is the address as it was sent: decoding could make two addresses one.
    const [, signature = '', path = ''] = /^\/i\/([^/]*)(\/[^?]*)/.exec(request.raw.url ?? '') ?? [];
    if (!isSigned(signingKeys, path, signature)) throw wrongSignature();
    // Pages of others show these pictures, and a cache between must not keep one answer for each of them.
    reply.headers({ 'cross-origin-resource-policy': 'cross-origin', 'access-control-allow-origin': '*' });
    reply.removeHeader('vary');

    const { format, ...asked } = parseImageOptions(request.params.options);
    if (format === 'auto') reply.header('vary', 'Accept');
    const settled = format === 'auto' ? bestFormat(request.headers.accept) : format;
    const options = { ...asked, ...(settled && { format: settled }) };
    const { assetId } = request.params;
    const address = `${assetId} ${formatImageOptions(options)}`;

    const find = async (): Promise<RecentImage> => {
      const recent = recentImages.get(address);
      if (recent) return recent;
      const image = await makeImage(deps, processor, assetId, options, address, reply);
      recentImages.set(address, image);
      return image;
    };
    const image = await find().catch((error: unknown) => {
      if (!reply.raw.destroyed) throw error;
    });
    // Nobody is there to hear the answer; the job goes on for whoever asks next.
    if (!image) return reply.hijack();
    try {
      return await sendContent(request, reply, pictures, image.content, { cacheControl });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'OBJECT_NOT_FOUND') throw error;
      // The row is there and its bytes are gone: then it is made once more.
      recentImages.forget(address);
      await deps.jobs.remove(image.owner, image.jobId).catch(() => {});
      return await sendContent(request, reply, pictures, (await find()).content, { cacheControl });
    }
  });
};

/**
 * Through the same line and the same kept results as every job, on behalf of the picture's owner. The address is the
 * job's idempotency key, with a space in it that no client can send: one address is one job, whoever asks how often.
 */
async function makeImage(
  { findAsset, jobs, closing }: RouteDeps,
  processor: Processor,
  assetId: string,
  options: ImageOptions,
  address: string,
  reply: FastifyReply,
): Promise<RecentImage> {
  const { asset, owner } = await findAsset(assetId);
  const created = await jobs.create(owner, {
    processor: processor.name,
    inputs: [assetId],
    params: options,
    priority: 'high',
    hidden: true,
    idempotencyKey: `image address ${processor.version} ${address}`,
  });
  const started = mayEndBetter(created) ? await retried({ jobs }, owner, created) : created;
  const job = await waitForJob(jobs, owner, started, maxWaitMs, reply, closing);
  const { sha256, mediaType, sizeBytes } = finishedOutput(job, closing.aborted);
  return { assetId, owner, jobId: job.id, content: { sha256, mediaType, sizeBytes, name: asset.name } };
}

/** A picture that is damaged stays so; a worker that was killed says nothing about the picture. */
function mayEndBetter({ status, error }: Job): boolean {
  return status === 'cancelled' || (error !== null && errorTable[error.code].status >= 500);
}

async function retried({ jobs }: Pick<RouteDeps, 'jobs'>, owner: Actor, job: Job): Promise<Job> {
  try {
    return await jobs.retry(owner, job.id);
  } catch (error) {
    // Somebody else asked a moment earlier.
    if (error instanceof AppError && error.code === 'JOB_NOT_RETRYABLE') return jobs.get(owner, job.id);
    throw error;
  }
}

/** @see RFC 9110, section 12.5.1; a type with `q=0` is one that is not wanted */
function bestFormat(accept = ''): 'avif' | 'webp' | 'jpeg' {
  const wanted = (type: string) => new RegExp(`image/${type}\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`, 'i').test(accept);
  if (wanted('avif')) return 'avif';
  return wanted('webp') ? 'webp' : 'jpeg';
}

function wrongSignature(): AppError {
  return new AppError(
    'INVALID_SIGNATURE',
    'The signature does not fit this address. Addresses of pictures are used as they were given, or signed anew.',
  );
}
