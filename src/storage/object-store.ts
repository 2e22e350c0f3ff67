import type { Readable } from 'node:stream';

/**
 * Immutable bytes under the SHA-256 of their content.
 *
 * The same bytes have the same name everywhere, so writing twice is harmless, a cache never goes stale,
 * and a copy can be checked. Which objects are still needed is the database's business, not the store's.
 */
export interface ObjectStore {
  /** What this driver can do that others cannot; callers ask here instead of catching errors. */
  readonly capabilities: { readonly localPath: boolean; readonly presignedUrl: boolean };

  /**
   * Keeps the file at `path` under `sha256`; durable once resolved. The caller has computed the hash while
   * receiving the bytes. The driver may move the file away or copy it: either way the caller no longer owns `path`.
   * Idempotent: an object that exists is kept, and its age starts again so that collection spares it.
   *
   * @param sha256 64 lower-case hex digits
   * @throws AppError STORAGE_FULL
   */
  putFile(sha256: string, path: string): Promise<void>;

  /** @returns size in bytes, or undefined when there is no such object */
  sizeOf(sha256: string): Promise<number | undefined>;

  /**
   * The bytes, or the inclusive range `start`…`end` of them.
   *
   * @throws AppError OBJECT_NOT_FOUND before any byte is delivered
   */
  read(sha256: string, range?: ByteRange): Promise<Readable>;

  /**
   * A path where a child process may read the object, valid until `release` is called: the stored file itself
   * for a local driver, a verified download into `scratchDir` for a remote one. Never write to it.
   *
   * @throws AppError OBJECT_NOT_FOUND, OBJECT_CORRUPT
   */
  checkout(sha256: string, scratchDir: string): Promise<{ path: string; release(): Promise<void> }>;

  /** Removes the object if it is older than `olderThanMs`; true when it is gone. Younger ones may be in use. */
  deleteIfOlder(sha256: string, olderThanMs: number): Promise<boolean>;

  /** Every stored object, in no order; for collection and backup. */
  list(): AsyncIterable<{ sha256: string; sizeBytes: number; modifiedAtMs: number }>;

  close(): Promise<void>;
}

/** For whoever only reads. */
export type ReadStore = Pick<ObjectStore, 'read'>;

/** Both ends inclusive, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}
