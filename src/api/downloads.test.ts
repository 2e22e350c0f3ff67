import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { InjectOptions } from 'fastify';
import type { Job } from '#jobs/job.ts';
import { newId } from '#kernel/ids.ts';
import type { DirectAccess, ReadUrlOptions } from '#storage/direct-access.ts';
import { createApp } from './app.ts';
import type { Api } from './deps.ts';
import { createWorld, onePixelPng, type World } from './stand-ins.ts';

const bytes = Buffer.concat([onePixelPng, Buffer.alloc(5_000)]);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const jobId = newId();

let world: World;
let api: Api;
let asked: (ReadUrlOptions & { sha256: string }) | undefined;
before(async () => {
  world = createWorld({ publicUrl: 'https://media.example' });
  world.objects.set(sha256, bytes);
  const output = { index: 0, mediaType: 'image/png', sizeBytes: bytes.length, sha256, data: null };
  world.jobs.set(jobId, { id: jobId, status: 'succeeded', outputs: [output] } as unknown as Job);
  const direct = {
    readUrl: async (hash: string, options: ReadUrlOptions) => {
      asked = { sha256: hash, ...options };
      return 'https://store.example/signed';
    },
  } as unknown as DirectAccess;
  api = await createApp({ ...world.deps, redirects: { direct, aboveBytes: 1_000 } });
});
after(() => api.close());

const ask = (url: string, headers: Record<string, string> = {}, more: InjectOptions = {}) =>
  api.inject({ method: 'GET', url, ...more, headers: { host: 'localhost', ...headers } });
const output = `/v1/jobs/${jobId}/outputs/0`;

test('programs, and people who come from elsewhere, are sent on to the store', async () => {
  const comers = [{}, { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' }];
  for (const headers of comers) {
    const { statusCode, headers: answer } = await ask(output, headers);
    assert.deepEqual([statusCode, answer.location], [307, 'https://store.example/signed']);
    assert.equal(answer['cache-control'], 'no-store', 'the address ends before a cache would');
  }
  assert.equal(asked?.sha256, sha256);
  assert.equal(asked?.mediaType, 'image/png');
  assert.match(asked?.disposition ?? '', /^inline; filename="file\.png"/);
});

test('parts, revalidations, heads and what our own pages load come from here', async () => {
  const own: [Record<string, string>, number, InjectOptions?][] = [
    [{ range: 'bytes=0-9' }, 206],
    [{ 'if-none-match': `"${sha256}"` }, 304],
    [{ 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' }, 200],
    [{}, 200, { method: 'HEAD' }],
  ];
  for (const [headers, status, more] of own) {
    const answer = await ask(output, headers, more);
    assert.deepEqual([answer.statusCode, answer.headers.etag], [status, `"${sha256}"`], JSON.stringify(headers));
  }
});

test('what is small is not worth the way', async () => {
  const small = createHash('sha256').update(onePixelPng).digest('hex');
  world.objects.set(small, onePixelPng);
  const id = newId();
  world.assets.set(id, {
    id,
    sha256: small,
    mediaType: 'image/png',
    sizeBytes: onePixelPng.length,
    name: null,
    createdAt: new Date(),
  });
  const answer = await ask(`/v1/assets/${id}/content`);
  assert.equal(answer.statusCode, 200);
  assert.deepEqual(answer.rawPayload, onePixelPng);
});

test('a link is made for who may see the job, and read by anybody, through any cache', async () => {
  const made = await ask(
    `${output}/link`,
    { 'content-type': 'application/json' },
    {
      method: 'POST',
      payload: JSON.stringify({ expiresInSeconds: 600, name: 'a.png' }),
    },
  );
  assert.equal(made.statusCode, 200, made.payload);
  const { url, path, expiresAt } = made.json<{ url: string; path: string; expiresAt: string }>();
  assert.equal(url, `https://media.example${path}`);
  assert.ok(Math.abs(new Date(expiresAt).getTime() - Date.now() - 600_000) < 60_000);

  const whole = await ask(path);
  assert.deepEqual([whole.statusCode, whole.rawPayload], [200, bytes], 'never sent on');
  const { headers } = whole;
  const [, age] = /^public, max-age=(\d+), immutable$/.exec(headers['cache-control'] ?? '') ?? [];
  assert.ok(Number(age) > 500 && Number(age) <= 600);
  assert.deepEqual(
    [headers.etag, headers['access-control-allow-origin'], headers.vary, headers['content-type']],
    [`"${sha256}"`, '*', undefined, 'image/png'],
  );
  assert.equal((await ask(path, { range: 'bytes=0-3' })).statusCode, 206);
  assert.equal((await ask(path, { 'if-none-match': headers.etag ?? '' })).statusCode, 304);

  world.jobs.delete(jobId);
  assert.equal((await ask(path)).json<{ code: string }>().code, 'OUTPUT_NOT_FOUND');
});

test('there is no link to what is not there, and none for ever', async () => {
  const link = (id: string, payload: object) =>
    ask(
      `/v1/jobs/${id}/outputs/0/link`,
      { 'content-type': 'application/json' },
      {
        method: 'POST',
        payload: JSON.stringify(payload),
      },
    );
  assert.equal((await link(newId(), {})).statusCode, 404);
  for (const expiresInSeconds of [0, 59, 367 * 86_400, 1.5]) {
    assert.equal((await link(jobId, { expiresInSeconds })).statusCode, 400);
  }
});
