import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { type ErrorCode, errorTable } from '#kernel/errors.ts';
import { createApp } from './app.ts';
import type { Api } from './deps.ts';
import { createWorld, onePixelPng, type World } from './stand-ins.ts';

let world: World;
let api: Api;
let asset: string;
before(async () => {
  world = createWorld();
  api = await createApp(world.deps);
  const headers = { host: 'localhost', 'content-type': 'image/png' };
  asset = (await api.inject({ method: 'POST', url: '/v1/assets', payload: onePixelPng, headers })).json().id;
});
after(() => api.close());

function ask(method: 'GET' | 'POST' | 'DELETE' | 'HEAD', url: string, body?: unknown) {
  const payload: InjectOptions = body === undefined ? {} : { payload: JSON.stringify(body) };
  const headers = { host: 'localhost', ...(body !== undefined && { 'content-type': 'application/json' }) };
  return api.inject({ method, url, headers, ...payload });
}

const create = (inputs: unknown, rest: object = {}) =>
  ask('POST', '/v1/batches', { processor: 'image.cutout', inputs, ...rest });

async function refused(code: ErrorCode, answer: ReturnType<typeof ask>) {
  const { statusCode, payload } = await answer;
  const problem = JSON.parse(payload) as Record<string, unknown>;
  assert.deepEqual([problem['code'], statusCode], [code, errorTable[code].status], payload);
  return problem;
}

test('a batch is answered 202 with its address, and its JSON has the promised names', async () => {
  const answer = await create(
    [asset, [asset], { inputs: [asset], params: { quality: 'fast' }, name: '../../a\u202eb.png' }],
    {
      params: { quality: 'best', maskOnly: true },
      metadata: { order: 7 },
    },
  );
  assert.equal(answer.statusCode, 202, answer.payload);
  const { id, createdAt, ...batch } = answer.json();
  assert.equal(answer.headers.location, `/v1/batches/${id}`);
  assert.equal(new Date(createdAt).toISOString(), createdAt);
  assert.deepEqual(batch, {
    processor: 'image.cutout',
    status: 'finished',
    counts: { total: 3, queued: 0, active: 0, succeeded: 3, failed: 0, cancelled: 0 },
    progress: 1,
    metadata: { order: 7 },
    finishedAt: null,
    archiveUrl: `/v1/batches/${id}/archive`,
  });
  const { items, nextCursor } = (await ask('GET', `/v1/batches/${id}/items`)).json();
  assert.equal(nextCursor, null);
  assert.deepEqual(
    items.map((item: { index: number; name: string; job: { params: object; priority: string } }) => [
      item.index,
      item.name,
      item.job.params,
      item.job.priority,
    ]),
    [
      [0, null, { quality: 'best', maskOnly: true }, 'low'],
      [1, null, { quality: 'best', maskOnly: true }, 'low'],
      [2, 'ab.png', { quality: 'fast', maskOnly: true }, 'low'],
    ],
  );
  assert.deepEqual((await ask('GET', '/v1/batches')).json().items[0].id, id);
});

test('what is not a batch is refused with the place that is wrong', async () => {
  const fields = async (body: unknown) => {
    const problem = await refused('INVALID_PARAMETERS', ask('POST', '/v1/batches', body));
    return (problem['errors'] as { field: string }[]).map(({ field }) => field);
  };
  assert.deepEqual(await fields({ processor: 'image.cutout', inputs: [] }), ['inputs']);
  assert.deepEqual(await fields({ processor: 'image.cutout' }), ['inputs']);
  assert.deepEqual(await fields({ processor: 'image.cutout', inputs: [asset], tenantId: 'x' }), ['tenantId']);
  assert.ok((await fields({ processor: 'image.cutout', inputs: [asset, 7] })).includes('inputs.1'));
  const many = Array.from({ length: 1_001 }, () => asset);
  assert.deepEqual(await fields({ processor: 'image.cutout', inputs: many }), ['inputs']);
  const unknown = await refused('ASSET_NOT_FOUND', create([asset, 'nothing']));
  assert.equal(unknown['index'], 1);
  await refused('UNKNOWN_PROCESSOR', create([asset], { processor: 'image.magic' }));
  await refused('BODY_TOO_LARGE', create([{ inputs: [asset], params: { text: 'x'.repeat(4_200_000) } }]));
  for (const url of ['', '/items', '/archive']) await refused('BATCH_NOT_FOUND', ask('GET', `/v1/batches/none${url}`));
  for (const verb of ['retry', 'cancel']) await refused('BATCH_NOT_FOUND', ask('POST', `/v1/batches/none/${verb}`));
  await refused('BATCH_NOT_FOUND', ask('DELETE', '/v1/batches/none'));
  await refused('INVALID_PARAMETERS', ask('GET', '/v1/batches/none/items?status=bogus'));
});

test('a thousand items with parameters of their own fit into one request', async () => {
  const item = { inputs: [asset], params: { quality: 'fast' }, name: `${'n'.repeat(250)}.png` };
  const answer = await create(Array.from({ length: 1_000 }, () => item));
  assert.equal(answer.statusCode, 202, answer.payload);
  assert.equal(answer.json().counts.total, 1_000);
});

test('the archive answers with what there is, and says so when that is nothing', async () => {
  world.finish = () => new Promise(() => {});
  const { id } = (await create([asset])).json();
  world.finish = undefined;
  await refused('ARCHIVE_EMPTY', ask('GET', `/v1/batches/${id}/archive`));
  assert.equal((await ask('POST', `/v1/batches/${id}/cancel`)).json().counts.cancelled, 1);
  await refused('JOB_NOT_CANCELLABLE', ask('POST', `/v1/batches/${id}/cancel`));
  assert.equal((await ask('DELETE', `/v1/batches/${id}`)).statusCode, 204);

  const done = (await create([asset, { inputs: [asset], name: 'a.jpg' }])).json();
  const archive = await ask('GET', done.archiveUrl);
  assert.equal(archive.statusCode, 200);
  assert.equal(archive.headers['content-length'], String(archive.rawPayload.length));
  assert.equal(archive.rawPayload.readUInt32LE(0), 0x04034b50);
  assert.equal(archive.headers['cache-control'], 'no-store');
  const head = await ask('HEAD', done.archiveUrl);
  assert.deepEqual([head.statusCode, head.payload], [200, '']);
  await refused('JOB_NOT_RETRYABLE', ask('POST', `/v1/batches/${done.id}/retry`));
});
