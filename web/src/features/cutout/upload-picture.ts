import { type Asset, uploadUrl } from '../../api/asset.ts';
import { problemFrom, unreachable } from '../../api/problem.ts';

/**
 * Sends one picture: a background, not a photo of the queue.
 *
 * @throws ApiError what the server refused
 */
export async function uploadPicture(file: File): Promise<Asset> {
  const form = new FormData();
  form.append('file', file, file.name);
  const response = await fetch(uploadUrl, { method: 'POST', body: form }).catch((error: unknown) => {
    throw unreachable(error);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problemFrom(response.status, body);
  return body as Asset;
}
