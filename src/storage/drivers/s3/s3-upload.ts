import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { mebibyte } from '#kernel/units.ts';
import type { S3Calls } from './s3-calls.ts';
import type { S3Settings } from './s3-settings.ts';

/**
 * The smallest part that S3 allows, and the largest file that is sent at once: so much of each upload is in memory, and
 * so much must get through within the time that an answer may take.
 */
const partBytes = 5 * mebibyte;

/**
 * Writes a file under a key. Readers see the old object or the new one, never a part; parts of an upload that failed
 * are removed.
 *
 * Each body goes with the SHA-256 that its signature covers, and with a checksum which the store compares.
 *
 * @throws AppError STORAGE_UNAVAILABLE, STORAGE_FULL
 */
export async function uploadFile(
  client: S3Client,
  calls: S3Calls,
  target: { readonly Bucket: string; readonly Key: string },
  file: { readonly path: string; readonly sizeBytes: number },
  checksums: S3Settings['checksums'],
): Promise<void> {
  const checksum = checksums === 'when-supported' ? ({ ChecksumAlgorithm: 'SHA256' } as const) : {};
  const params = { ...target, ContentType: 'application/octet-stream', ...checksum };
  if (file.sizeBytes > partBytes) return await uploadParts(client, calls, params, file.path);
  const Body = await readFile(file.path);
  await calls.call((options) => client.send(new PutObjectCommand({ ...params, Body }), options));
}

async function uploadParts(
  client: S3Client,
  calls: S3Calls,
  params: PutObjectCommandInput,
  path: string,
): Promise<void> {
  const Body = createReadStream(path, { highWaterMark: mebibyte });
  try {
    await calls.call(async ({ abortSignal, progress }) => {
      const abortController = new AbortController();
      abortSignal.addEventListener('abort', () => abortController.abort(), { once: true });
      const all = { client, params: { ...params, Body }, partSize: partBytes, queueSize: 1, abortController };
      const upload = new Upload(all);
      upload.on('httpUploadProgress', progress);
      await upload.done().catch((error: unknown) => {
        // The first try of the last request had got through: the caller looks whether the object is there.
        if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error;
      });
    });
  } finally {
    Body.destroy();
  }
}

/** For stores that know no `x-amz-checksum-*`: Content-MD5, which S3 has had from the beginning. */
export function addContentMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { body, headers } = args.request as { body?: unknown; headers: Record<string, string> };
      if (body instanceof Uint8Array) headers['content-md5'] = createHash('md5').update(body).digest('base64');
      return await next(args);
    },
    { step: 'build', name: 'contentMd5', priority: 'low' },
  );
}
