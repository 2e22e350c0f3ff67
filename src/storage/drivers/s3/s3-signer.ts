import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ReadUrlOptions, SignedRequest, StagingUrlOptions } from '../../direct-access.ts';
import { type S3Settings, signingClient } from './s3-settings.ts';

/** Signs requests for others to send. Keys are without the prefix. */
export interface UrlSigner {
  read(key: string, options: ReadUrlOptions): Promise<string>;
  write(key: string, options: StagingUrlOptions): Promise<SignedRequest>;
}

export function createUrlSigner(settings: S3Settings): UrlSigner {
  const { bucket: Bucket, prefix } = settings;
  const client = signingClient(settings);
  return {
    async read(key, { mediaType, disposition, cacheControl, expiresInSeconds: expiresIn }) {
      const command = new GetObjectCommand({
        Bucket,
        Key: `${prefix}${key}`,
        ResponseContentType: mediaType,
        ResponseContentDisposition: disposition,
        ResponseCacheControl: cacheControl,
      });
      return await getSignedUrl(client, command, { expiresIn });
    },

    async write(key, { sizeBytes, mediaType, expiresInSeconds: expiresIn }) {
      const command = new PutObjectCommand({
        Bucket,
        Key: `${prefix}${key}`,
        ContentLength: sizeBytes,
        ContentType: mediaType,
      });
      // Signed too: then the store itself refuses a file of another length.
      const signableHeaders = new Set(['content-length', 'content-type', 'host']);
      const url = await getSignedUrl(client, command, { expiresIn, signableHeaders });
      return { url, method: 'PUT', headers: { 'content-type': mediaType } };
    },
  };
}
