import type { Readable } from 'node:stream';
import type { Actor } from '#kernel/actor.ts';

/** A file that comes in pieces, perhaps over many connections. */
export interface PartialUpload {
  readonly id: string;
  /** Null: the sender has not said yet. */
  readonly sizeBytes: number | null;
  /** What is here for good: where the next piece begins. */
  readonly offset: number;
  /** As the sender wrote it. */
  readonly metadata: string | null;
  readonly expiresAt: Date;
  /** The asset that it has become. */
  readonly assetId: string | null;
}

export interface BeginUpload {
  readonly sizeBytes: number | null;
  readonly name: string | null;
  readonly metadata: string | null;
  readonly piece?: Piece | undefined;
}

export interface Piece {
  /** Ends when its sender is gone: what came until then is kept. */
  readonly body: Readable;
  /** Null: until the body ends. */
  readonly lengthBytes: number | null;
  /** Without one nothing is verified. */
  readonly checksum?: Checksum | undefined;
  /** Of the whole file, when the sender knows it only now. */
  readonly sizeBytes?: number | undefined;
}

export interface Checksum {
  readonly algorithm: (typeof checksumAlgorithms)[number];
  readonly digest: Buffer;
}

export const checksumAlgorithms = ['sha1', 'sha256', 'md5'] as const;

/** Every method answers for one actor's tenant; other tenants' ids do not exist. */
export interface PartialUploads {
  /**
   * @throws AppError TOO_MANY_UPLOADS, UPLOAD_TOO_LARGE, STORAGE_FULL; with a last piece also what `append` throws
   */
  begin(actor: Actor, upload: BeginUpload): Promise<PartialUpload>;
  /**
   * As it is now. One whose bytes are all here becomes an asset, should it not have been so far.
   *
   * @throws AppError UPLOAD_NOT_FOUND, UPLOAD_EXPIRED, UPLOAD_LOCKED, and why it was refused if it was
   */
  get(actor: Actor, id: string): Promise<PartialUpload>;
  /**
   * Adds a piece. With the last one the file is looked at and becomes an asset, which has the upload's id; or it is
   * refused, and what is there of it is removed.
   *
   * @param offset where the piece begins
   * @throws AppError UPLOAD_NOT_FOUND, UPLOAD_EXPIRED, UPLOAD_LOCKED, UPLOAD_OFFSET_CONFLICT with the `offset` where it
   *   stands, UPLOAD_TOO_LARGE, STORAGE_FULL, BAD_REQUEST for a size that cannot be,
   *   CHECKSUM_MISMATCH; what `Assets.receive` throws
   */
  append(actor: Actor, id: string, offset: number, piece: Piece): Promise<PartialUpload>;
  /** @throws AppError UPLOAD_NOT_FOUND, UPLOAD_LOCKED */
  remove(actor: Actor, id: string): Promise<void>;
  /** Removes what has expired. @returns how many */
  collect(): Promise<number>;
  /** What of the protocol this can do: `creation`, `expiration`. */
  readonly extensions: readonly string[];
}
