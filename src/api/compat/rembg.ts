import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Asset } from '#assets/asset.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Api, Route, RouteDeps } from '../deps.ts';
import { contentHeaders } from '../object-response.ts';
import { uploadOptions } from '../upload.ts';
import { createFieldReader } from './fields.ts';
import { ForeignError, replyAsRembg } from './foreign-errors.ts';
import { readRembg } from './rembg-params.ts';
import { discard, processorName, runJob } from './run-job.ts';
import { fromUrl } from './sources.ts';

const path = '/api/remove';
const tags = ['drop-in'];
const urlErrors = { field: 'url', invalid: 'invalid_url', download: 'failed_download' };

/** The API of a rembg server (`rembg s`). */
export const rembg: Route = (api, deps) => {
  if (!deps.processors.some(({ name }) => name === processorName)) return;
  api.register(async (scope: Api) => {
    scope.setErrorHandler(replyAsRembg);
    addUpload(scope, deps);
    addFetch(scope, deps);
  });
};

function addUpload(scope: Api, deps: RouteDeps): void {
  const readFields = createFieldReader();
  const { schema, ...options } = uploadOptions('file');
  const described = { ...schema, summary: 'rembg: background off', tags };
  scope.post(path, { ...options, schema: described }, async (request, reply) => {
    const actor = deps.resolveActor(request);
    const { values, files } = await readFields(request, deps, actor, ['file']);
    const file = files.get('file');
    if (file === undefined) throw new ForeignError(422, 'missing', 'No file', 'Send the picture in the field file.');
    return await remove(deps, actor, file, new Map([...queryOf(request), ...values]), reply);
  });
}

function addFetch(scope: Api, deps: RouteDeps): void {
  scope.get(path, { schema: { summary: 'rembg: background off, by address', tags } }, async (request, reply) => {
    // It makes work and needs nothing but an <img> in somebody's page.
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      throw new AppError('ORIGIN_NOT_ALLOWED', 'A web page of another origin made this request.');
    }
    const actor = deps.resolveActor(request);
    const values = queryOf(request);
    const url = values.get('url');
    if (url === undefined) throw new ForeignError(422, 'missing', 'No url', 'Send the picture’s address in url.');
    readRembg(values);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return await remove(deps, actor, await fromUrl(deps, actor, url, gone.signal, urlErrors), values, reply);
  });
}

async function remove(
  deps: RouteDeps,
  actor: Actor,
  picture: Asset,
  values: ReadonlyMap<string, string>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = await readParams(deps, actor, picture, values);
  const output = await runJob(deps, actor, [picture], params, reply);
  if (output === undefined) return reply.hijack();
  return reply
    .headers(contentHeaders({ ...output, name: picture.name }))
    .header('content-length', output.sizeBytes)
    .send(await deps.store.read(output.sha256));
}

/** A request that is refused leaves nothing behind. */
async function readParams(deps: RouteDeps, actor: Actor, picture: Asset, values: ReadonlyMap<string, string>) {
  try {
    return readRembg(values);
  } catch (error) {
    await discard(deps, actor, [picture]);
    throw error;
  }
}

function queryOf({ url }: FastifyRequest): Map<string, string> {
  const query = new URLSearchParams(url.split('?').slice(1).join('?'));
  return new Map([...query].filter(([, value]) => value !== ''));
}
