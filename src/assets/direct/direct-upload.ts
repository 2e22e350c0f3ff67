import type { Actor } from '#kernel/actor.ts';
import type { SignedRequest } from '#storage/direct-access.ts';
import type { Asset } from '../asset.ts';

/** A file that a client is to send to the object store by itself. */
export interface DirectUpload extends SignedRequest {
  /** Of the upload, and then of the asset. */
  readonly id: string;
  readonly expiresAt: Date;
}

export interface AnnouncedFile {
  readonly name: string | null;
  /** What the sender takes it for; what counts is the content. */
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** Uploads that do not pass through this program until they are complete. */
export interface DirectUploads {
  /**
   * Says where to send a file to. Nothing else than what is announced will be taken.
   *
   * @throws AppError DIRECT_UPLOAD_UNAVAILABLE, UPLOAD_TOO_LARGE, EMPTY_FILE, TOO_MANY_UPLOADS
   */
  begin(actor: Actor, file: AnnouncedFile): Promise<DirectUpload>;

  /**
   * Looks at the file that was sent, as at any upload, and keeps it. The same again gives the same asset. What is
   * refused for what it is, is removed from the store.
   *
   * @throws AppError DIRECT_UPLOAD_UNAVAILABLE, UPLOAD_NOT_FOUND, UPLOAD_EXPIRED, UPLOAD_INCOMPLETE, UPLOAD_MISMATCH,
   *   STORAGE_UNAVAILABLE, and what `Assets.receive` throws
   */
  complete(actor: Actor, id: string): Promise<Asset>;
}
