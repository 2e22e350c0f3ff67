import { openAsBlob } from 'node:fs';
import { maxAnswerBytes } from '../../check-answer.ts';
import { saveBody, send } from '../../http.ts';
import type { MaskProvider } from '../../mask-provider.ts';

export interface RemovebgOptions {
  /** `https://api.remove.bg`, or another server with its API. */
  readonly url: string;
  readonly key: string;
}

const name = 'removebg';

/** The remove.bg API. @see https://www.remove.bg/api */
export function removebgProvider({ url, key }: RemovebgOptions): MaskProvider {
  const endpoint = new URL(url);
  endpoint.pathname = `${endpoint.pathname.replace(/\/+$/, '')}/v1.0/removebg`;
  return {
    name,
    address: url,
    async cutOut(request) {
      const { path, mediaType, signal } = request;
      const body = new FormData();
      body.set('size', 'auto');
      body.set('format', 'png');
      body.set('image_file', await openAsBlob(path, { type: mediaType }), 'picture');
      const headers = { 'x-api-key': key, accept: 'image/png' };
      const response = await send({ provider: name, url: endpoint, method: 'POST', headers, body, signal });
      return await saveBody(name, response, { ...request, maxBytes: maxAnswerBytes(request) });
    },
  };
}
