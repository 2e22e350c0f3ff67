import multipart from '@fastify/multipart';
import type { Api } from '../deps.ts';
import { parseStrictJson } from '../strict-json.ts';

/** Small strict JSON and nothing else; an empty body is no body, whatever its type says. */
export function addJsonParser(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? undefined : parseStrictJson(text as string));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** For uploads: the body stays a stream, whatever it claims to be. */
export async function addUploadParsers(api: Api): Promise<void> {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('*', (_request, _body, done) => done(null));
  await api.register(multipart, { throwFileSizeLimit: false });
}
