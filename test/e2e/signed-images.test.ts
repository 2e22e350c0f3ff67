import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import { heicFixture } from '../support/heif.ts';
import { until } from '../support/until.ts';

// Pictures by signed address on the real program, and children that resize.

let server: Fleet;
before(async () => {
  server = await apiUnderTest();
});
after(() => server[Symbol.asyncDispose]());

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(`${server.address}${path}`, init);
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status, headers } = response;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
  return { status, headers, bytes, json: (): any => JSON.parse(String(bytes)) };
}

async function upload(file: Buffer, name: string): Promise<string> {
  const body = new FormData();
  body.append('file', new Blob([new Uint8Array(file)]), name);
  const answer = await ask('/v1/assets', { method: 'POST', body });
  assert.equal(answer.status, 201, String(answer.bytes));
  return answer.json().id;
}

async function sign(assetId: string, options: object = {}): Promise<string> {
  const body = JSON.stringify({ assetId, ...options });
  const answer = await ask('/v1/images/signed-urls', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(answer.status, 200, String(answer.bytes));
  const { url, path } = answer.json();
  assert.equal(url, `${server.address}${path}`);
  return path;
}

const photo = (colour = '#b3402e') =>
  sharp({ create: { width: 320, height: 240, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();

/** Jobs that were ever made, hidden ones too: for new work, and all. */
async function jobsMade(): Promise<{ work: number; all: number }> {
  const metrics = await server.metrics();
  const counts = metrics.matchAll(
    /^esteira_jobs_created_total\{processor="image\.resize",how="(new|cached|joined)"\} (\d+)/gm,
  );
  const made = { work: 0, all: 0 };
  for (const [, how, count] of counts) {
    made.all += Number(count);
    if (how === 'new') made.work += Number(count);
  }
  return made;
}

function assertRefused(answer: Awaited<ReturnType<typeof ask>>, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.json().code], [status, code], String(answer.bytes));
  assert.equal(answer.headers.get('cache-control'), 'no-store');
}

test('a signed address shows the picture as its options say, to everybody and every cache', async () => {
  const path = await sign(await upload(await photo(), 'vaso.jpg'), {
    widthPx: 100,
    heightPx: 100,
    fit: 'cover',
    format: 'webp',
  });
  assert.match(path, /^\/i\/[\w-]{43}\/w:100,h:100,fit:cover,f:webp\/[0-9a-f-]{36}$/);
  const { status, headers, bytes } = await ask(path, { headers: { origin: 'https://shop.example' } });
  assert.equal(status, 200);
  const { format, width, height } = await sharp(bytes).metadata();
  assert.deepEqual([format, width, height], ['webp', 100, 100]);
  assert.equal(headers.get('content-type'), 'image/webp');
  assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.equal(headers.get('vary'), null);
  assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin');
  assert.equal(headers.get('access-control-allow-origin'), '*');
  assert.match(headers.get('content-disposition') ?? '', /vaso\.webp/);
  assert.equal((await ask(`${path}?utm_source=x`)).status, 200);
  const head = await ask(path, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length'), head.bytes.length], [200, `${bytes.length}`, 0]);
});

test('it is made once, and is not in the list of jobs', async () => {
  await restartWith(byHand);
  const assetId = await upload(await photo('#123456'), 'a.jpg');
  const path = await sign(assetId, { widthPx: 64 });
  const made = await jobsMade();
  const answers = await Promise.all([1, 2, 3, 4].map(() => ask(path)));
  for (const { status, bytes } of answers) assert.deepEqual([status, bytes], [200, answers[0]?.bytes]);
  const etag = answers[0]?.headers.get('etag') ?? '';
  const unchanged = await ask(path, { headers: { 'if-none-match': etag } });
  assert.deepEqual([unchanged.status, unchanged.bytes.length, unchanged.headers.get('etag')], [304, 0, etag]);
  assert.equal(unchanged.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  // The same wish in another order is another address, and the same picture.
  assert.equal((await ask(signed(`f:jpeg,w:64`, assetId))).status, 200);
  const { work, all } = await jobsMade();
  assert.equal(work - made.work, 2);
  assert.ok(all - made.all <= 1 + server.apis.length, 'each process remembers what it has shown');
  const { items } = (await ask('/v1/jobs?limit=100')).json();
  assert.deepEqual(items, []);
});

const byHand = 'first-key-first-key-first-key-first';

/** An address that the server would not sign itself. Its key must be `byHand`. */
function signed(options: string, assetId: string): string {
  return `/i/${hmac(byHand, `/${options}/${assetId}`)}/${options}/${assetId}`;
}

function hmac(key: string, path: string): string {
  return createHmac('sha256', key).update(path).digest('base64url');
}

let keys = '';
async function restartWith(next: string): Promise<void> {
  if (keys === next) return;
  keys = next;
  await server.restart(next === '' ? {} : { ESTEIRA_URL_SIGNING_KEYS: next });
}

test('whoever has a key signs; a new key in front leaves old addresses as they are', async () => {
  const assetId = await upload(await photo(), 'a.jpg');
  const [first, second] = [byHand, 'second-key-second-key-second-key'];
  await restartWith(first);
  const old = await sign(assetId, { widthPx: 50 });
  assert.equal(old, `/i/${hmac(first, `/w:50/${assetId}`)}/w:50/${assetId}`);
  await restartWith(`${second},${first}`);
  assert.equal((await ask(old)).status, 200);
  const young = await sign(assetId, { widthPx: 50 });
  assert.equal(young, `/i/${hmac(second, `/w:50/${assetId}`)}/w:50/${assetId}`);
  assert.equal((await ask(young)).status, 200);
  await restartWith(second);
  assertRefused(await ask(old), 403, 'INVALID_SIGNATURE');
  assert.equal((await ask(young)).status, 200);
});

test('without keys one is made, and stays over a restart', async () => {
  await restartWith('');
  const path = await sign(await upload(await photo(), 'a.jpg'), { widthPx: 40 });
  const before = await ask(path);
  assert.equal(before.status, 200);
  await restartWith('another-key-another-key-another-key');
  assertRefused(await ask(path), 403, 'INVALID_SIGNATURE');
  await restartWith('');
  assert.deepEqual((await ask(path)).bytes, before.bytes);
});

test('auto gives what the browser says it shows, and says that answers differ', async () => {
  const path = await sign(await upload(await photo(), 'a.jpg'), { widthPx: 80, format: 'auto' });
  const cases = [
    ['image/avif,image/webp,image/apng,*/*;q=0.8', 'image/avif'],
    ['image/webp,*/*', 'image/webp'],
    ['image/avif;q=0,image/webp;q=0.5', 'image/webp'],
    ['*/*', 'image/jpeg'],
  ] as const;
  for (const [accept, mediaType] of cases) {
    const { status, headers } = await ask(path, { headers: { accept } });
    assert.deepEqual([status, headers.get('content-type'), headers.get('vary')], [200, mediaType, 'Accept'], accept);
  }
});

test('HEIC from a phone is shown to every browser', async () => {
  const path = await sign(await upload(heicFixture('shoe'), 'IMG_0001.HEIC'), { widthPx: 100, format: 'jpeg' });
  const { format, width, height } = await sharp((await ask(path)).bytes).metadata();
  assert.deepEqual([format, width, height], ['jpeg', 100, 75]);
});

test('what is wrong is refused, named, and kept by no cache', async () => {
  const assetId = await upload(await photo(), 'a.jpg');
  const path = await sign(assetId, { widthPx: 60 });
  const [, , signature = ''] = path.split('/');
  for (const wrong of [
    path.replace('w:60', 'w:61'),
    path.replace(assetId, '01234567-89ab-7def-8123-456789abcdef'),
    path.replace(signature, signature.toLowerCase()),
    path.replace(signature, `${signature}A`),
    path.replace('w:60', 'w%3A60'),
    path.replace(signature, 'x'),
  ]) {
    assertRefused(await ask(wrong), 403, 'INVALID_SIGNATURE');
  }
  await restartWith(byHand);
  assertRefused(await ask(signed('w:0', assetId)), 400, 'INVALID_PARAMETERS');
  assertRefused(await ask(signed('w:60,size:9', assetId)), 400, 'INVALID_PARAMETERS');
  assertRefused(await ask(signed('w:60', 'no-such-asset')), 404, 'ASSET_NOT_FOUND');

  const body = (value: unknown) => ({
    method: 'POST',
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json' },
  });
  assertRefused(await ask('/v1/images/signed-urls', body({ assetId, widthPx: 1e9 })), 400, 'INVALID_PARAMETERS');
  assertRefused(await ask('/v1/images/signed-urls', body({ assetId, colour: 'red' })), 400, 'INVALID_PARAMETERS');
  assertRefused(await ask('/v1/images/signed-urls', body({ assetId: 'none', widthPx: 9 })), 404, 'ASSET_NOT_FOUND');
});

test('a picture that is damaged is said to be, each time, without being tried again', async () => {
  const path = await sign(await upload(heicFixture('shoe').subarray(0, 5_000), 'a.heic'), { widthPx: 60 });
  const askEverybody = async () => {
    for (const _ of server.apis) assertRefused(await ask(path), 422, 'MEDIA_INVALID');
  };
  await askEverybody();
  const made = await jobsMade();
  await askEverybody();
  assert.deepEqual(await jobsMade(), made);
});

test('a removed upload is shown no longer; lost bytes are made again', async () => {
  const file = await photo('#445566');
  const assetId = await upload(file, 'a.jpg');
  const path = await sign(assetId, { widthPx: 70 });
  const { bytes, headers } = await ask(path);
  const sha256 = (headers.get('etag') ?? '').replaceAll('"', '');
  assert.ok((await server.files()).objects.some((name) => name.endsWith(sha256)));
  await server.loseObject(sha256);
  assert.deepEqual((await ask(path)).bytes, bytes);

  assert.equal((await ask(`/v1/assets/${assetId}`, { method: 'DELETE' })).status, 204);
  // Other processes are told within milliseconds.
  await until(async () => {
    for (const _ of server.apis) assertRefused(await ask(path), 404, 'ASSET_NOT_FOUND');
  });
});
