import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Asset } from '#assets/asset.ts';
import type { Job } from '#jobs/job.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Api, Route, RouteDeps } from '../deps.ts';
import { contentHeaders } from '../object-response.ts';
import { uploadOptions } from '../upload.ts';
import { createFieldReader, type Fields } from './fields.ts';
import { ForeignError, replyAsRemovebg } from './foreign-errors.ts';
import { readRemovebg } from './removebg-params.ts';
import { discard, processorName, runJob } from './run-job.ts';
import { fromBase64, fromUrl } from './sources.ts';

/** Where nothing is limited; clients look whether there is credit before they begin. */
const plenty = { total: 1_000_000, subscription: 0, payg: 1_000_000, enterprise: 0 };
const rateLimit = 500;

const text = (description: string) => Type.Optional(Type.String({ description }));
const describedFields = {
  image_file_b64: text('The picture in base64.'),
  image_url: text('The address of the picture.'),
  size: text('preview (0.25 megapixels, the default), medium, hd, 4k, full, 50MP or auto.'),
  format: text('auto, png, jpg, webp or zip.'),
  bg_color: text('A colour behind the subject.'),
};

/** The remove.bg API. @see https://www.remove.bg/api */
export const removebg: Route = (api, deps) => {
  if (!deps.processors.some(({ name }) => name === processorName)) return;
  // A scope of its own, for its own errors.
  api.register(async (scope: Api) => {
    scope.setErrorHandler(replyAsRemovebg);
    addRemoval(scope, deps);
    scope.get('/v1.0/account', { schema: accountSchema }, async (request, reply) => {
      const credits = await creditsOf(deps, deps.resolveActor(request));
      return reply
        .headers(rateLimitHeaders())
        .send({ data: { attributes: { credits, api: { free_calls: 0, sizes: 'all' } } } });
    });
  });
};

/** A picture is a credit, and those of a month are a subscription. */
async function creditsOf({ plans, usage }: RouteDeps, { tenantId }: Actor): Promise<typeof plenty> {
  if ((await plans.of(tenantId)).plan.imagesPerMonth === null) return plenty;
  const { limits } = await usage.of(tenantId);
  const { allowed, used } = limits.find(({ name }) => name === 'imagesPerMonth') ?? { allowed: 0, used: 0 };
  const left = Math.max(0, (allowed ?? 0) - used);
  return { total: left, subscription: left, payg: 0, enterprise: 0 };
}

function addRemoval(scope: Api, deps: RouteDeps): void {
  const readFields = createFieldReader();
  const { schema, ...options } = uploadOptions('image_file', describedFields);
  const described = {
    ...schema,
    consumes: ['multipart/form-data', 'application/x-www-form-urlencoded', 'application/json'],
    summary: 'remove.bg: background off',
    description: 'The API of remove.bg, for its clients. docs/api.md says where it differs.',
    tags: ['drop-in'],
  };
  scope.post('/v1.0/removebg', { ...options, schema: described }, async (request, reply) => {
    const actor = deps.resolveActor(request);
    const fields = await readFields(request, deps, actor, ['image_file', 'bg_image_file']);
    const received = [...fields.files.values()];
    const { wanted, pictures } = await refusing(deps, actor, received, async () => {
      checkSources(fields);
      return { wanted: readRemovebg(fields.values), pictures: await picturesOf(deps, actor, fields, received, reply) };
    });
    const output = await runJob(deps, actor, pictures, wanted.params, reply);
    if (output === undefined) return reply.hijack();
    return await answer(deps, request, reply, output, wanted.type);
  });
}

/** A request that is refused leaves nothing behind. */
async function refusing<T>(
  deps: RouteDeps,
  actor: Actor,
  received: readonly Asset[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await discard(deps, actor, received);
    throw error;
  }
}

function checkSources({ values, files }: Fields): void {
  const has = (names: readonly string[]) => names.filter((name) => values.has(name) || files.has(name)).length;
  const sources = has(['image_file', 'image_file_b64', 'image_url']);
  const choice = 'Please provide either the image_url, image_file or image_file_b64 parameter.';
  if (sources > 1) throw new ForeignError(400, 'multiple_sources', `Multiple image sources given: ${choice}`);
  if (sources === 0) {
    const detail = 'Please provide the source image in the image_url, image_file or image_file_b64 parameter.';
    throw new ForeignError(400, 'missing_source', 'No image given', detail);
  }
  if (has(['bg_color', 'bg_image_file', 'bg_image_url']) > 1) {
    const backgrounds = 'Please provide either the bg_color, the bg_image_url or the bg_image_file parameter.';
    throw new ForeignError(400, 'multiple_bg_sources', `Multiple background sources given: ${backgrounds}`);
  }
}

/** The picture, and its background where there is one. @param received grows by what is fetched */
async function picturesOf(
  deps: RouteDeps,
  actor: Actor,
  { values, files }: Fields,
  received: Asset[],
  reply: FastifyReply,
): Promise<readonly Asset[]> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const get = async (field: string, download: string) => {
    const [b64, url] = [values.get(`${field}_file_b64`), values.get(`${field}_url`)];
    const errors = { field: `${field}_url`, invalid: `invalid_${field}_url`, download };
    if (b64 !== undefined) return await fromBase64(deps, actor, b64);
    return url === undefined ? undefined : await fromUrl(deps, actor, url, gone.signal, errors);
  };
  const pictures: Asset[] = [];
  for (const [field, download] of [
    ['image', 'failed_image_download'],
    ['bg_image', 'failed_bg_download'],
  ] as const) {
    const uploaded = files.get(`${field}_file`);
    const picture = uploaded ?? (await get(field, download));
    if (picture === undefined) continue;
    if (uploaded === undefined) received.push(picture);
    pictures.push(picture);
  }
  return pictures;
}

async function answer(
  deps: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  output: Job['outputs'][number],
  type: string | undefined,
): Promise<FastifyReply> {
  const { widthPx, heightPx, foreground } = (output.data ?? {}) as unknown as RemovebgData;
  if (foreground === null) {
    throw new ForeignError(400, 'unknown_foreground', 'Could not identify foreground in image.');
  }
  const { leftPx, topPx, widthPx: foregroundWidthPx, heightPx: foregroundHeightPx } = foreground;
  reply.headers({
    ...rateLimitHeaders(),
    ...(type !== undefined && { 'x-type': type }),
    'x-credits-charged': '0',
    'x-width': widthPx,
    'x-height': heightPx,
    'x-foreground-top': topPx,
    'x-foreground-left': leftPx,
    'x-foreground-width': foregroundWidthPx,
    'x-foreground-height': foregroundHeightPx,
  });
  const body = await deps.store.read(output.sha256);
  if (!String(request.headers.accept).includes('application/json')) {
    return reply
      .headers(contentHeaders({ ...output, name: 'no-bg' }))
      .header('content-length', output.sizeBytes)
      .send(body);
  }
  const facts = `,"foreground_top":${topPx},"foreground_left":${leftPx},"foreground_width":${foregroundWidthPx},"foreground_height":${foregroundHeightPx}`;
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .send(Readable.from(jsonWith(body, facts), { objectMode: false }));
}

interface RemovebgData {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly foreground: {
    readonly leftPx: number;
    readonly topPx: number;
    readonly widthPx: number;
    readonly heightPx: number;
  } | null;
}

/** In pieces: a picture as text is never whole in memory. */
async function* jsonWith(body: AsyncIterable<Buffer>, facts: string): AsyncGenerator<string> {
  yield '{"data":{"result_b64":"';
  let rest = Buffer.alloc(0);
  for await (const chunk of body) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 3);
    yield bytes.subarray(0, whole).toString('base64');
    rest = bytes.subarray(whole);
  }
  yield `${rest.toString('base64')}"${facts}}}`;
}

function rateLimitHeaders(): Record<string, string> {
  const resetSeconds = Math.ceil(Date.now() / 60_000) * 60;
  return {
    'x-ratelimit-limit': String(rateLimit),
    'x-ratelimit-remaining': String(rateLimit),
    'x-ratelimit-reset': String(resetSeconds),
  };
}

const accountSchema = {
  summary: 'remove.bg: credit left',
  description: 'The pictures that the plan has left this month; plenty where it does not limit them.',
  tags: ['drop-in'],
};
