import type { Readable } from 'node:stream';

/**
 * What an object store can do that clients reach by themselves: addresses to read an object at, and a place in front
 * of the store where anybody with an address may leave a file.
 *
 * A port of its own beside `ObjectStore`: only some drivers have it, and those have all of it. What lies in front of
 * the store has a name, not a hash: nobody has looked at it yet, and whoever has its address may still replace it.
 */
export interface DirectAccess {
  /**
   * An address at which anybody can read the object until it expires. It is signed here: nothing is asked, not even
   * whether there is such an object.
   */
  readUrl(sha256: string, options: ReadUrlOptions): Promise<string>;

  /** An address to which anybody can send one file of this size, until it expires. */
  stagingUrl(id: string, options: StagingUrlOptions): Promise<SignedRequest>;

  /**
   * What was left there.
   *
   * @returns undefined when nothing was
   * @throws AppError STORAGE_UNAVAILABLE
   */
  openStaged(id: string): Promise<StagedFile | undefined>;

  /** @throws AppError STORAGE_UNAVAILABLE */
  removeStaged(id: string): Promise<void>;

  /** Everything that lies in front of the store, in no order. @throws AppError STORAGE_UNAVAILABLE */
  listStaged(): AsyncIterable<{ id: string; sizeBytes: number; modifiedAtMs: number }>;
}

export interface ReadUrlOptions {
  /** Headers of the answer. */
  readonly mediaType: string;
  readonly disposition: string;
  readonly cacheControl: string;
  readonly expiresInSeconds: number;
}

export interface StagingUrlOptions {
  readonly sizeBytes: number;
  readonly mediaType: string;
  readonly expiresInSeconds: number;
}

/** A request that somebody else is to send as it stands. */
export interface SignedRequest {
  readonly url: string;
  readonly method: 'PUT';
  readonly headers: Readonly<Record<string, string>>;
}

export interface StagedFile {
  readonly sizeBytes: number;
  /** Whoever does not read it destroys it. */
  readonly body: Readable;
}
