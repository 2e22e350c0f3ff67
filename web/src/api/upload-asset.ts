import { type Asset, uploadUrl } from './asset.ts';
import { request } from './client.ts';

/** Sends one small file at once: what somebody made or picked just now, and waits for. */
export function uploadAsset(file: Blob, name: string, signal?: AbortSignal): Promise<Asset> {
  const form = new FormData();
  form.append('file', file, name);
  return request(uploadUrl, { method: 'POST', form, signal });
}
