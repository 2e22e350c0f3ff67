import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { ByteRange } from '../../object-store.ts';
import { createS3Calls, isMissing, unavailable } from './s3-calls.ts';
import { type S3Settings, type S3Times, s3Clients } from './s3-settings.ts';
import { addContentMd5, uploadFile } from './s3-upload.ts';

/** What lies under one prefix of one bucket. Keys are without the prefix. All throw STORAGE_UNAVAILABLE, STORAGE_FULL. */
export interface S3Bucket {
  head(key: string): Promise<S3Object | undefined>;
  /** A part that is as long as asked for, as far as the object goes. @throws as the SDK does when it begins past the end */
  get(key: string, range?: ByteRange): Promise<S3Answer | undefined>;
  put(key: string, file: { readonly path: string; readonly sizeBytes: number }): Promise<void>;
  putEmpty(key: string): Promise<void>;
  /** Also of what is not there. */
  remove(key: string): Promise<void>;
  /** Page after page, each only when it is wanted. */
  list(folder: string): AsyncGenerator<S3Object & { readonly key: string }>;
  /** Removes the parts of uploads that began so long ago and were never finished. */
  abortUploads(olderThanMs: number): Promise<void>;
  close(): void;
}

export interface S3Object {
  readonly sizeBytes: number;
  /** Of the store's clock, in whole seconds at worst. */
  readonly modifiedAtMs: number;
}

export interface S3Answer {
  readonly body: Readable;
  /** Of the body. */
  readonly sizeBytes: number;
  /** Of the object. */
  readonly totalBytes: number;
  /** Gives the connection's place back. */
  done(): void;
}

export function openS3Bucket(settings: S3Settings, times: S3Times, pageSize: number): S3Bucket {
  const { bucket: Bucket, prefix, checksums } = settings;
  const clients = s3Clients(settings, times);
  const calls = createS3Calls(times);
  if (checksums === 'when-required') addContentMd5(clients.calls);
  const target = (key: string) => ({ Bucket, Key: `${prefix}${key}` });

  return {
    async head(key) {
      try {
        const { ContentLength = 0, LastModified } = await calls.call((options) =>
          clients.calls.send(new HeadObjectCommand(target(key)), options),
        );
        return { sizeBytes: ContentLength, modifiedAtMs: timeOf(LastModified) };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async get(key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`;
      try {
        const { answer, done } = await calls.open((options) =>
          clients.bodies.send(new GetObjectCommand({ ...target(key), ...(Range && { Range }) }), options),
        );
        const { Body, ContentLength = 0, ContentRange } = answer;
        const body = Body as Readable;
        // Whatever happens between here and the reader: nobody listening would end the process.
        body.on('error', () => {});
        const totalBytes = range === undefined ? ContentLength : totalOf(ContentRange, range);
        if (totalBytes === undefined) {
          body.destroy();
          done();
          throw unavailable('answered with other bytes than it was asked for');
        }
        return { body, sizeBytes: ContentLength, totalBytes, done };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    put: (key, file) => uploadFile(clients.calls, calls, target(key), file, checksums),

    async putEmpty(key) {
      await calls.call((options) =>
        clients.calls.send(new PutObjectCommand({ ...target(key), Body: Buffer.alloc(0) }), options),
      );
    },

    async remove(key) {
      await calls.call((options) => clients.calls.send(new DeleteObjectCommand(target(key)), options));
    },

    async *list(folder) {
      let ContinuationToken: string | undefined;
      do {
        const query = { Bucket, Prefix: `${prefix}${folder}`, MaxKeys: pageSize, ContinuationToken };
        const page = await calls.call((options) => clients.calls.send(new ListObjectsV2Command(query), options));
        for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
          yield { key: Key.slice(prefix.length), sizeBytes: Size, modifiedAtMs: timeOf(LastModified) };
        }
        ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (ContinuationToken !== undefined);
    },

    async abortUploads(olderThanMs) {
      const query = { Bucket, Prefix: prefix };
      const { Uploads = [] } = await calls.call((options) =>
        clients.calls.send(new ListMultipartUploadsCommand(query), options),
      );
      for (const { Key, UploadId, Initiated } of Uploads) {
        if (Initiated === undefined || Date.now() - Initiated.getTime() < olderThanMs) continue;
        await calls.call((options) =>
          clients.calls.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), options),
        );
      }
    },

    close() {
      clients.calls.destroy();
      clients.bodies.destroy();
    },
  };
}

/** Of `bytes 0-4/5`, when that is what was asked for. */
function totalOf(contentRange: string | undefined, { start, end }: ByteRange): number | undefined {
  const numbers = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? '') ?? [];
  const [, first, last, total] = numbers.map(Number);
  // Some stores answer like this for a range of an empty object.
  if (total === 0) return 0;
  return first === start && last === Math.min(end, (total ?? 0) - 1) ? total : undefined;
}

function timeOf(date: Date | undefined): number {
  const timeMs = date?.getTime() ?? Number.NaN;
  if (Number.isNaN(timeMs)) throw unavailable('does not say when it got an object');
  return timeMs;
}
