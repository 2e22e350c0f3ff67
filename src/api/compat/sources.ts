import { Readable } from 'node:stream';
import type { Asset } from '#assets/asset.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { AppDeps } from '../deps.ts';
import { ForeignError } from './foreign-errors.ts';

/**
 * Receives a picture that came as text.
 *
 * @param text base64, with or without the beginning of a data URL
 * @throws AppError what `assets.receive` throws, ForeignError when it is no base64
 */
export async function fromBase64(deps: AppDeps, actor: Actor, text: string): Promise<Asset> {
  const base64 = text.replace(/^data:[^,]{0,100};base64,/, '').replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    throw new ForeignError(400, 'failed_to_read_image', 'There was an error reading the image.', 'It is not base64.');
  }
  return await deps.assets.receive(actor, Readable.from([Buffer.from(base64, 'base64')]), null);
}

/** How an API calls what may go wrong with an address. */
export interface UrlErrors {
  readonly field: string;
  readonly invalid: string;
  readonly download: string;
}

/**
 * Fetches a picture from the public internet.
 *
 * @throws AppError what `assets.receive` throws, ForeignError for an address that may not or cannot be fetched
 */
export async function fromUrl(
  deps: AppDeps,
  actor: Actor,
  url: string,
  signal: AbortSignal,
  { field, invalid, download }: UrlErrors,
): Promise<Asset> {
  try {
    const { body, name } = await deps.fetchUrl(url, signal);
    try {
      return await deps.assets.receive(actor, body, name);
    } finally {
      body.destroy();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'URL_NOT_ALLOWED') {
      throw new ForeignError(400, invalid, `Invalid ${field}: Please provide a valid URL.`, error.detail);
    }
    if (error.code === 'URL_FETCH_FAILED') {
      throw new ForeignError(400, download, `Failed to download image from given ${field}`, error.detail);
    }
    throw error;
  }
}
