import type { Readable } from 'node:stream';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { S3Store } from '@tus/s3-store';
import { ERRORS, type Upload } from '@tus/server';
import { mebibyte } from '#kernel/units.ts';
import type { UploadStore } from '../../uploads/upload-store.ts';

export interface S3UploadStoreOptions {
  readonly bucket: string;
  readonly client: S3ClientConfig;
  /** In front of every key. */
  readonly prefix?: string;
}

/** What waits on the local disk for its way to S3 is at most this, and five parts at once of every process. */
const partSizeBytes = 8 * mebibyte;

/** Unfinished uploads as multipart uploads of S3. */
export function s3UploadStore(options: S3UploadStoreOptions): UploadStore {
  return new S3UploadStore(options);
}

/** Ids outside, keys below the prefix inside. */
class S3UploadStore extends S3Store implements UploadStore {
  readonly driver = 's3';
  readonly #prefix: string;

  constructor({ bucket, client, prefix = 'uploads/' }: S3UploadStoreOptions) {
    super({
      s3ClientConfig: { ...client, bucket },
      partSize: partSizeBytes,
      maxConcurrentPartUploads: 5,
      useTags: false,
      // Another process may have been told the length meanwhile.
      cache: { get: async () => undefined, set: async () => {}, delete: async () => {} },
    });
    this.#prefix = prefix;
  }

  override async create(upload: Upload): Promise<Upload> {
    const { id } = upload;
    upload.id = this.#prefix + id;
    try {
      return await super.create(upload);
    } finally {
      upload.id = id;
    }
  }

  override async getUpload(id: string): Promise<Upload> {
    const upload = await super.getUpload(this.#prefix + id);
    upload.id = id;
    return upload;
  }

  override write(body: Readable, id: string, offset: number): Promise<number> {
    return super.write(body, this.#prefix + id, offset);
  }

  override read(id: string): Promise<Readable> {
    return super.read(this.#prefix + id);
  }

  override declareUploadLength(id: string, sizeBytes: number): Promise<void> {
    return super.declareUploadLength(this.#prefix + id, sizeBytes);
  }

  override remove(id: string): Promise<void> {
    return super.remove(this.#prefix + id);
  }

  /** The library leaves its objects when the multipart upload is complete, and the start of a part that never came. */
  async discard(id: string): Promise<void> {
    await this.remove(id).catch((error: unknown) => {
      if (error !== ERRORS.FILE_NOT_FOUND) throw error;
    });
    const key = this.#prefix + id;
    for (const name of [key, this.partKey(key, true), this.infoKey(key)]) {
      await this.client.deleteObject({ Bucket: this.bucket, Key: name });
    }
  }
}
