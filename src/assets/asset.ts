import type { Readable } from 'node:stream';
import type { Actor } from '#kernel/actor.ts';

/** A file that a user gave us, after it was received whole, hashed and recognised by its content. */
export interface Asset {
  readonly id: string;
  readonly sha256: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly frames?: number;
  readonly durationSeconds?: number;
  readonly name: string | null;
  readonly createdAt: Date;
}

export interface AssetPage {
  readonly items: readonly Asset[];
  readonly nextCursor: string | null;
}

export interface FoundAsset {
  readonly asset: Asset;
  readonly owner: Actor;
}

/** What the API may do with uploads. */
export interface Assets {
  /**
   * Streams the bytes to disk while hashing them, recognises the type by content, checks the limits from the
   * header alone, keeps the object, then writes the row. When this resolves, the upload survives any crash;
   * when it throws, nothing is left behind. A refused body is neither drained nor destroyed: that is the caller's,
   * who may still have an answer to send over its connection.
   *
   * @param id that the asset is to have, where it was given out before; one that is there already stays as it is
   * @throws AppError UPLOAD_TOO_LARGE, UPLOAD_INTERRUPTED, EMPTY_FILE, UNSUPPORTED_MEDIA_TYPE, PIXEL_LIMIT,
   *   FRAME_LIMIT, DURATION_LIMIT, MEDIA_INVALID, STORAGE_FULL
   */
  receive(actor: Actor, body: Readable, name: string | null, id?: string): Promise<Asset>;
  /** @throws AppError ASSET_NOT_FOUND */
  get(actor: Actor, id: string): Promise<Asset>;
  list(actor: Actor, page: { readonly cursor?: string; readonly limit: number }): Promise<AssetPage>;
  /** Removes the row; jobs made from it keep their own hold on the bytes. @throws AppError ASSET_NOT_FOUND */
  remove(actor: Actor, id: string): Promise<void>;
}
