import type { Actor } from '#kernel/actor.ts';
import type { Asset, Assets } from '../asset.ts';
import { type FetchUrlOptions, fetchUrl } from '../fetch-url.ts';

export interface ImportRequest {
  /** That the asset is to have: tried again, it gives the same one. */
  readonly id: string;
  readonly actor: Actor;
  readonly url: string;
  readonly name?: string | undefined;
  readonly signal: AbortSignal;
  /** From the first question to the last byte. */
  readonly timeoutMs: number;
}

/**
 * Fetches a file and takes it as an upload.
 *
 * @throws AppError what `fetchUrl` and `Assets.receive` throw
 */
export async function importAsset(
  assets: Assets,
  rules: Pick<FetchUrlOptions, 'maxBytes' | 'named'>,
  { id, actor, url, name, signal, timeoutMs }: ImportRequest,
): Promise<Asset> {
  const remote = await fetchUrl(url, { ...rules, timeoutMs, signal });
  try {
    return await assets.receive(actor, remote.body, name ?? remote.name, id);
  } finally {
    remote.body.destroy();
  }
}
