import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#kernel/errors.ts';
import { createSlots } from '#kernel/slots.ts';
import type { DirectAccess, StagedFile } from '../../direct-access.ts';
import { checkedHash, isHash } from '../../object-name.ts';
import type { ByteRange, ObjectStore } from '../../object-store.ts';
import { isRange, notSatisfiable, objectNotFound, writeError } from '../../storage-errors.ts';
import { type S3Part, s3Body } from './s3-body.ts';
import { openS3Bucket, type S3Answer, type S3Bucket, type S3Object } from './s3-bucket.ts';
import { isPastTheEnd, isRefusal, unavailable } from './s3-calls.ts';
import { type CondemnedKeys, createCondemnedKeys } from './s3-condemned.ts';
import { type S3Settings, type S3Times, usualTimes } from './s3-settings.ts';
import { createUrlSigner, type UrlSigner } from './s3-signer.ts';

export interface S3StoreOptions extends S3Settings {
  /** Only tests say something else. */
  readonly times?: Partial<S3Times>;
  readonly pageSize?: number;
  /** Half of the age at which objects may be collected: an object this old is written again by a put. */
  readonly refreshAfterMs?: number;
}

const objectsFolder = 'objects/';
const stagingFolder = 'staging/';
const maxPageSize = 1_000;
/** Each has a part of its file in memory. */
const maxPuts = 6;
const maxPutRounds = 3;
const usualRefreshMs = 12 * 3_600_000;
/** Whoever saw an object this young cannot know yet whether it will stay: clocks differ, and a removal takes time. */
const settledMs = 15 * 60_000;
/** Longer than any upload may take: those that come in pieces are here, too. */
const abandonedUploadMs = 31 * 86_400_000;

/**
 * Objects in a bucket of a store that speaks S3, under `objects/ab/cd/abcd…`.
 *
 * @throws AppError CONFIG_INVALID when the store refuses us or knows no such bucket, STORAGE_UNAVAILABLE
 */
export async function openS3ObjectStore(options: S3StoreOptions): Promise<ObjectStore & DirectAccess> {
  const times = { ...usualTimes, ...options.times };
  const bucket = openS3Bucket(options, times, options.pageSize ?? maxPageSize);
  const condemned = createCondemnedKeys(bucket, times.callMs);
  try {
    await condemned.sweep();
  } catch (error) {
    bucket.close();
    throw refused(error, options);
  }
  // Not every store lists them, and nothing depends on it.
  await bucket.abortUploads(abandonedUploadMs).catch(() => {});
  const signer = createUrlSigner(options);
  const { refreshAfterMs = usualRefreshMs } = options;
  return new S3ObjectStore({ bucket, condemned, signer, refreshAfterMs, idleMs: times.idleMs });
}

interface Parts {
  readonly bucket: S3Bucket;
  readonly condemned: CondemnedKeys;
  readonly signer: UrlSigner;
  readonly refreshAfterMs: number;
  readonly idleMs: number;
}

class S3ObjectStore implements ObjectStore, DirectAccess {
  readonly capabilities = { localPath: false, presignedUrl: true };
  readonly #bucket: S3Bucket;
  readonly #condemned: CondemnedKeys;
  readonly #signer: UrlSigner;
  readonly #refreshAfterMs: number;
  readonly #idleMs: number;
  readonly #puts = createSlots(maxPuts);
  readonly #closing = new AbortController();

  constructor({ bucket, condemned, signer, refreshAfterMs, idleMs }: Parts) {
    this.#bucket = bucket;
    this.#condemned = condemned;
    this.#signer = signer;
    this.#refreshAfterMs = refreshAfterMs;
    this.#idleMs = idleMs;
  }

  async putFile(sha256: string, path: string): Promise<void> {
    const key = keyOf(sha256);
    const { size: sizeBytes } = await stat(path);
    const giveBack = await this.#puts.take(this.#closing.signal);
    try {
      await this.#put(sha256, key, { path, sizeBytes });
    } finally {
      giveBack();
    }
    await rm(path, { force: true });
  }

  /**
   * Writes an object that is there and old once more, instead of copying it onto itself: the file is at hand, every
   * store can do it, and a damaged object is whole again.
   */
  async #put(sha256: string, key: string, file: { path: string; sizeBytes: number }): Promise<void> {
    const isWhole = (object: S3Object | undefined) => object?.sizeBytes === file.sizeBytes;
    let there = await this.#bucket.head(key);
    for (let round = 0; round < maxPutRounds; round++) {
      const ageMs = there === undefined ? 0 : Date.now() - there.modifiedAtMs;
      const isYoung = isWhole(there) && ageMs < this.#refreshAfterMs;
      if (isYoung && ageMs > settledMs) return;
      if (!isYoung) await this.#bucket.put(key, file);
      await this.#condemned.untilSpared(sha256);
      there = await this.#bucket.head(key);
      if (isWhole(there)) return;
    }
    throw unavailable('did not keep a file that it had taken');
  }

  async sizeOf(sha256: string): Promise<number | undefined> {
    return (await this.#bucket.head(keyOf(sha256)))?.sizeBytes;
  }

  async read(sha256: string, range?: ByteRange): Promise<Readable> {
    const key = keyOf(sha256);
    const first = range === undefined ? await this.#bucket.get(key) : await this.#getRange(key, range);
    if (first === undefined) throw objectNotFound(sha256);
    const start = range?.start ?? 0;
    const end = start + first.sizeBytes - 1;
    return s3Body({
      first,
      resume: (offset) => this.#resume(sha256, { start: start + offset, end }),
      sha256: range === undefined ? sha256 : undefined,
      idleMs: this.#idleMs,
    });
  }

  async #getRange(key: string, range: ByteRange): Promise<S3Answer | undefined> {
    if (isRange(range)) {
      try {
        const answer = await this.#bucket.get(key, range);
        if (answer === undefined || range.start < answer.totalBytes) return answer;
        answer.body.destroy();
        answer.done();
      } catch (error) {
        if (!isPastTheEnd(error)) throw error;
      }
    }
    const object = await this.#bucket.head(key);
    if (object === undefined) return undefined;
    throw notSatisfiable(range, object.sizeBytes);
  }

  async #resume(sha256: string, range: ByteRange): Promise<S3Part> {
    const part = await this.#bucket.get(keyOf(sha256), range);
    if (part === undefined) throw objectNotFound(sha256);
    return part;
  }

  async checkout(sha256: string, scratchDir: string): Promise<{ path: string; release(): Promise<void> }> {
    const path = join(scratchDir, randomUUID());
    const download = async () =>
      pipeline(await this.read(sha256), createWriteStream(path, { flags: 'w', mode: 0o600 }));
    try {
      await download().catch((error: unknown) => {
        // What came may have been changed on the way; what lies there wrong will come wrong again.
        if (error instanceof AppError && error.code === 'OBJECT_CORRUPT') return download();
        throw error;
      });
    } catch (error) {
      await rm(path, { force: true });
      throw writeError(error);
    }
    return { path, release: () => rm(path, { force: true }) };
  }

  async deleteIfOlder(sha256: string, olderThanMs: number): Promise<boolean> {
    const key = keyOf(sha256);
    return await this.#condemned.remove(key, sha256, async () => {
      const object = await this.#bucket.head(key);
      return object && Date.now() - object.modifiedAtMs > olderThanMs;
    });
  }

  async *list(): AsyncGenerator<{ sha256: string; sizeBytes: number; modifiedAtMs: number }> {
    for await (const { key, sizeBytes, modifiedAtMs } of this.#bucket.list(objectsFolder)) {
      const sha256 = key.slice(-64);
      // Others may have put something there.
      if (isHash(sha256) && key === keyOf(sha256)) yield { sha256, sizeBytes, modifiedAtMs };
    }
  }

  readUrl: DirectAccess['readUrl'] = async (sha256, options) => this.#signer.read(keyOf(sha256), options);

  stagingUrl: DirectAccess['stagingUrl'] = async (id, options) => this.#signer.write(stagedKeyOf(id), options);

  async openStaged(id: string): Promise<StagedFile | undefined> {
    const key = stagedKeyOf(id);
    const first = await this.#bucket.get(key);
    if (first === undefined) return undefined;
    // Not taken up again after a break: meanwhile it may have become another file.
    const resume = async () => {
      throw unavailable('broke off its answer');
    };
    return { sizeBytes: first.sizeBytes, body: s3Body({ first, resume, idleMs: this.#idleMs }) };
  }

  removeStaged(id: string): Promise<void> {
    return this.#bucket.remove(stagedKeyOf(id));
  }

  async *listStaged(): AsyncGenerator<{ id: string; sizeBytes: number; modifiedAtMs: number }> {
    for await (const { key, ...object } of this.#bucket.list(stagingFolder)) {
      yield { id: key.slice(stagingFolder.length), ...object };
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#bucket.close();
  }
}

function keyOf(sha256: string): string {
  return `${objectsFolder}${checkedHash(sha256).slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}

function stagedKeyOf(id: string): string {
  return `${stagingFolder}${id}`;
}

/** At the start, somebody is there to put the settings right. */
function refused(error: unknown, { bucket, endpoint, region }: S3Settings): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!isRefusal(cause)) return error;
  const where = endpoint === undefined ? `Amazon S3 in ${region}` : endpoint;
  const { name } = cause as Error;
  const advice =
    name === 'NoSuchBucket'
      ? 'Make the bucket, or correct S3_BUCKET and S3_REGION.'
      : 'Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_REGION, whether this key may list, read, write and delete in the bucket, and whether the clock is right.';
  return new AppError('CONFIG_INVALID', `The bucket ${bucket} of ${where} cannot be used (${name}). ${advice}`, {
    cause: error,
  });
}
