import { openAsBlob } from 'node:fs';
import { maxAnswerBytes } from '../../check-answer.ts';
import { saveBody, send } from '../../http.ts';
import type { MaskProvider } from '../../mask-provider.ts';

const name = 'rembg';

/**
 * A rembg server (`rembg s`).
 *
 * @param url where it listens; its query becomes fields of the form: `?model=birefnet-general`
 * @see github.com/danielgatis/rembg, rembg/commands/s_command.py
 */
export function rembgProvider(url: string): MaskProvider {
  const endpoint = new URL(url);
  const fields = [...endpoint.searchParams];
  endpoint.search = '';
  endpoint.pathname = `${endpoint.pathname.replace(/\/+$/, '')}/api/remove`;
  return {
    name,
    address: url,
    async cutOut(request) {
      const { path, mediaType, signal } = request;
      const body = new FormData();
      for (const [field, value] of fields) body.set(field, value);
      body.set('file', await openAsBlob(path, { type: mediaType }), 'picture');
      const response = await send({ provider: name, url: endpoint, method: 'POST', body, signal });
      return await saveBody(name, response, { ...request, maxBytes: maxAnswerBytes(request) });
    },
  };
}
