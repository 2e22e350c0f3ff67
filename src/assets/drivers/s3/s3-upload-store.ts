import type { Readable } from 'node:stream';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { S3Store } from '@tus/s3-store';
import type { Upload } from '@tus/server';
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
    return this.discard(id);
  }

  /** The library's own leaves the objects of an upload that is complete, and asks for what not every store can do. */
  async discard(id: string): Promise<void> {
    const [Bucket, Key] = [this.bucket, this.#prefix + id];
    const missing = (error: unknown) => {
      if (!(error instanceof Error) || !/^(NotFound|NoSuchKey|NoSuchUpload)$/.test(error.name)) throw error;
    };
    const info = await this.client.headObject({ Bucket, Key: this.infoKey(Key) }).catch(missing);
    const UploadId = info?.Metadata?.['upload-id'];
    if (UploadId !== undefined) await this.client.abortMultipartUpload({ Bucket, Key, UploadId }).catch(missing);
    // What says that there is one goes last: who dies before that can begin again.
    for (const name of [this.partKey(Key, true), Key, this.infoKey(Key)]) {
      await this.client.deleteObject({ Bucket, Key: name }).catch(missing);
    }
  }
}
