import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { Upload, type UploadOptions } from 'tus-js-client';
import { newId } from '#kernel/ids.ts';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import { blackPng } from '../support/media-builders.ts';
import { until } from '../support/until.ts';

// The real program behind its own door, with the protocol's own client and with clients that mean no good.

const maxUploadBytes = 2_000_000;
const tus = { 'tus-resumable': '1.0.0' };
const pieceType = { 'content-type': 'application/offset+octet-stream' };
const photo = await sharp(randomBytes(500 * 400 * 3), { raw: { width: 500, height: 400, channels: 3 } })
  .png()
  .toBuffer();

let fleet: Fleet;
before(async () => {
  fleet = await apiUnderTest({
    // The other one does not tell which parts of an upload it has.
    s3: 'swift',
    env: {
      ESTEIRA_MAX_UPLOAD_BYTES: String(maxUploadBytes),
      ESTEIRA_MAX_PIXELS: '1000000',
      ESTEIRA_REGIONS: 'br:BR+AR=https://br.example.com,eu=https://eu.example.com',
    },
  });
});
after(() => fleet[Symbol.asyncDispose]());

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, fleet.address), { redirect: 'manual', ...init });
}

async function begin(sizeBytes: number, headers: Record<string, string> = {}): Promise<string> {
  const answer = await ask('/v1/uploads', {
    method: 'POST',
    headers: { ...tus, 'upload-length': String(sizeBytes), ...headers },
  });
  assert.equal(answer.status, 201, await answer.text());
  const location = answer.headers.get('location') ?? '';
  assert.match(location, /^\/v1\/uploads\/[0-9a-f-]{36}$/);
  return location;
}

function patch(path: string, offset: number, body: Buffer, headers: Record<string, string> = {}): Promise<Response> {
  const all = { ...tus, ...pieceType, 'upload-offset': String(offset), ...headers };
  return ask(path, { method: 'PATCH', headers: all, body: new Uint8Array(body) });
}

function head(path: string): Promise<Response> {
  return ask(path, { method: 'HEAD', headers: tus });
}

async function assertProblem(answer: Response, status: number, code: string): Promise<Record<string, unknown>> {
  const body = await answer.text();
  assert.equal(answer.headers.get('content-type'), 'application/problem+json', body);
  const problem = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual([answer.status, problem['code']], [status, code], body);
  assert.doesNotMatch(body, /\/tmp\/|node_modules|\.ts:/);
  return problem;
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function assertAsset(id: string | null | undefined, bytes: Buffer, name: string | null): Promise<void> {
  const asset = (await (await ask(`/v1/assets/${id}`)).json()) as Record<string, unknown>;
  assert.deepEqual([asset['sha256'], asset['sizeBytes'], asset['name']], [sha256(bytes), bytes.length, name]);
  const content = await ask(`/v1/assets/${id}/content`);
  assert.equal(sha256(Buffer.from(await content.arrayBuffer())), sha256(bytes));
}

/** @returns the asset's id */
function sendWithClient(bytes: Buffer, options: Partial<UploadOptions> = {}): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(bytes, {
      endpoint: new URL('/v1/uploads', fleet.address).href,
      chunkSize: 100_000,
      metadata: { filename: 'açaí.png' },
      retryDelays: [0, 100, 100],
      onError: reject,
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('Upload-Asset-Id')),
      ...options,
    });
    upload.start();
  });
}

describe('the protocol', () => {
  test("its own client's upload becomes an asset", async () => {
    await assertAsset(await sendWithClient(photo), photo, 'açaí.png');
    await assertAsset(await sendWithClient(photo, { chunkSize: Number.POSITIVE_INFINITY }), photo, 'açaí.png');
    await assertAsset(await sendWithClient(photo, { uploadDataDuringCreation: true }), photo, 'açaí.png');
    await assertAsset(await sendWithClient(photo, { overridePatchMethod: true }), photo, 'açaí.png');
  });

  test('says what it can do', async () => {
    const answer = await ask('/v1/uploads', { method: 'OPTIONS' });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('tus-version'), '1.0.0');
    assert.equal(answer.headers.get('tus-max-size'), String(maxUploadBytes));
    const extensions = answer.headers.get('tus-extension')?.split(',');
    for (const name of ['creation', 'creation-with-upload', 'termination', 'expiration', 'checksum']) {
      assert.ok(extensions?.includes(name), name);
    }
  });

  test('goes on where it stands, and says which asset it has become again and again', async () => {
    const half = photo.length >> 1;
    const path = await begin(photo.length, { 'upload-metadata': `filename ${btoa('a.png')},kind ${btoa('x')}` });
    assert.equal((await patch(path, 0, photo.subarray(0, half))).headers.get('upload-offset'), String(half));
    const asked = await head(path);
    assert.equal(asked.headers.get('upload-offset'), String(half));
    assert.equal(asked.headers.get('upload-length'), String(photo.length));
    assert.equal(asked.headers.get('upload-metadata'), `filename ${btoa('a.png')},kind ${btoa('x')}`);
    assert.ok(Date.parse(asked.headers.get('upload-expires') ?? '') > Date.now());
    assert.equal(asked.headers.get('cache-control'), 'no-store');
    const last = await patch(path, half, photo.subarray(half));
    assert.equal(last.status, 204);
    const assetId = last.headers.get('upload-asset-id');
    await assertAsset(assetId, photo, 'a.png');
    assert.equal((await head(path)).headers.get('upload-asset-id'), assetId);
    const repeated = await patch(path, photo.length, Buffer.alloc(0));
    assert.deepEqual([repeated.status, repeated.headers.get('upload-asset-id')], [204, assetId]);
    await assertProblem(await patch(path, half, photo.subarray(half)), 409, 'UPLOAD_OFFSET_CONFLICT');
  });

  test('the length may be said later', async () => {
    const answer = await ask('/v1/uploads', { method: 'POST', headers: { ...tus, 'upload-defer-length': '1' } });
    const path = answer.headers.get('location') ?? '';
    await patch(path, 0, photo.subarray(0, 1_000));
    assert.equal((await head(path)).headers.get('upload-defer-length'), '1');
    const tooLong = { 'upload-length': String(maxUploadBytes + 1) };
    await assertProblem(await patch(path, 1_000, photo.subarray(1_000), tooLong), 413, 'UPLOAD_TOO_LARGE');
    const last = await patch(path, 1_000, photo.subarray(1_000), { 'upload-length': String(photo.length) });
    await assertAsset(last.headers.get('upload-asset-id'), photo, null);
  });

  test('nobody can send more than may be uploaded by not saying how much it is', async () => {
    const answer = await ask('/v1/uploads', { method: 'POST', headers: { ...tus, 'upload-defer-length': '1' } });
    const path = answer.headers.get('location') ?? '';
    const much = Buffer.alloc(maxUploadBytes - 10);
    assert.equal((await patch(path, 0, much)).status, 204);
    await assertProblem(await patch(path, much.length, Buffer.alloc(11)), 413, 'UPLOAD_TOO_LARGE');
  });

  test('an upload can be given up', async () => {
    const path = await begin(100);
    assert.equal((await ask(path, { method: 'DELETE', headers: tus })).status, 204);
    assert.equal((await head(path)).status, 404);
  });

  test('a piece is verified before it counts', async () => {
    const path = await begin(photo.length);
    const hash = createHash('sha1').update(photo).digest('base64');
    const wrong = { 'upload-checksum': `sha1 ${createHash('sha1').update('other').digest('base64')}` };
    await assertProblem(await patch(path, 0, photo, wrong), 460, 'CHECKSUM_MISMATCH');
    assert.equal((await head(path)).headers.get('upload-offset'), '0');
    await assertProblem(await patch(path, 0, photo, { 'upload-checksum': 'crc32 AAAA' }), 400, 'BAD_REQUEST');
    await assertProblem(await patch(path, 0, photo, { 'upload-checksum': 'sha1' }), 400, 'BAD_REQUEST');
    const last = await patch(path, 0, photo, { 'upload-checksum': `sha1 ${hash}` });
    await assertAsset(last.headers.get('upload-asset-id'), photo, null);
  });
});

describe('refused files', () => {
  const page = Buffer.from('<!doctype html><script>alert(1)</script>');
  const refused: [string, Buffer, number, string][] = [
    ['another type than is accepted', page, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['too many pixels', blackPng(2_000, 1_000).subarray(0, 5_000), 422, 'PIXEL_LIMIT'],
    ['a damaged file', photo.subarray(0, 20), 422, 'MEDIA_INVALID'],
  ];
  for (const [about, bytes, status, code] of refused) {
    test(`${about}: on the last piece, and whenever it is asked for again`, async () => {
      const path = await begin(bytes.length);
      await assertProblem(await patch(path, 0, bytes), status, code);
      await assertProblem(await patch(path, bytes.length, Buffer.alloc(0)), status, code);
      assert.equal((await head(path)).status, status);
    });
  }

  test('nothing at all', async () => {
    const answer = await ask('/v1/uploads', { method: 'POST', headers: { ...tus, 'upload-length': '0' } });
    await assertProblem(answer, 422, 'EMPTY_FILE');
  });

  test('nothing is left of them', async () => {
    if (fleet.kind === 'fleet') return;
    const path = await begin(page.length);
    const id = path.split('/').at(-1) ?? '';
    assert.ok((await fleet.files()).uploads.some((name) => name.includes(id)));
    await patch(path, 0, page);
    assert.ok(!(await fleet.files()).uploads.some((name) => name.includes(id)));
  });
});

describe('hostile requests', () => {
  const create = (headers: Record<string, string>) =>
    ask('/v1/uploads', { method: 'POST', headers: { ...tus, ...headers } });

  test('ids with separators, NUL or anything else', async () => {
    const few = photo.subarray(0, 9);
    const ids = ['a%2fb', '..%2f..%2fetc', '%00', 'a%00b', 'a%5cb', 'endpoint%2f', newId()];
    for (const id of ids) await assertProblem(await patch(`/v1/uploads/${id}`, 0, few), 404, 'UPLOAD_NOT_FOUND');
    await assertProblem(await patch(`/v1/uploads/${'x'.repeat(500)}`, 0, few), 404, 'NOT_FOUND');
  });

  test('lengths that cannot be, or are too much', async () => {
    for (const length of ['-1', '1e30', '0x10', ' ', '1.5', 'NaN']) {
      await assertProblem(await create({ 'upload-length': length }), 400, 'BAD_REQUEST');
    }
    for (const length of [String(maxUploadBytes + 1), `1${'0'.repeat(30)}`]) {
      await assertProblem(await create({ 'upload-length': length }), 413, 'UPLOAD_TOO_LARGE');
    }
    await assertProblem(await create({}), 400, 'BAD_REQUEST');
    await assertProblem(await create({ 'upload-length': '1', 'upload-defer-length': '1' }), 400, 'BAD_REQUEST');
  });

  test('offsets that are not where it stands', async () => {
    const path = await begin(100);
    await patch(path, 0, Buffer.alloc(10));
    const problem = await assertProblem(await patch(path, 0, Buffer.alloc(10)), 409, 'UPLOAD_OFFSET_CONFLICT');
    assert.equal(problem['offset'], 10);
    await assertProblem(await patch(path, 99, Buffer.alloc(1)), 409, 'UPLOAD_OFFSET_CONFLICT');
    await assertProblem(await patch(path, -1, Buffer.alloc(1)), 400, 'BAD_REQUEST');
    const without = await ask(path, { method: 'PATCH', headers: { ...tus, ...pieceType }, body: 'x' });
    await assertProblem(without, 400, 'BAD_REQUEST');
  });

  test('other versions of the protocol', async () => {
    const path = await begin(100);
    for (const version of [undefined, '0.2.2', '2.0.0']) {
      const headers = version === undefined ? {} : { 'tus-resumable': version };
      const answer = await ask(path, { method: 'PATCH', headers: { ...headers, ...pieceType }, body: 'x' });
      assert.equal(answer.headers.get('tus-version'), '1.0.0');
      await assertProblem(answer, 412, 'TUS_VERSION_UNSUPPORTED');
    }
  });

  test('pieces of another type', async () => {
    const path = await begin(100);
    for (const type of ['application/json', 'application/offset+octet-stream;x', 'multipart/form-data; boundary=x']) {
      await assertProblem(
        await patch(path, 0, photo.subarray(0, 9), { 'content-type': type }),
        415,
        'UNSUPPORTED_CONTENT_TYPE',
      );
    }
    assert.equal((await head(path)).headers.get('upload-offset'), '0');
  });

  test('bodies beyond the end', async () => {
    const path = await begin(100);
    await assertProblem(await patch(path, 0, Buffer.alloc(101)), 413, 'UPLOAD_TOO_LARGE');
    const chunked = await ask(path, {
      method: 'PATCH',
      headers: { ...tus, ...pieceType, 'upload-offset': (await head(path)).headers.get('upload-offset') ?? '' },
      body: new Blob([new Uint8Array(300_000)]).stream(),
      duplex: 'half',
    } as RequestInit);
    await assertProblem(chunked, 413, 'UPLOAD_TOO_LARGE');
    const offset = Number((await head(path)).headers.get('upload-offset'));
    assert.ok(offset <= 100, String(offset));
  });

  test('metadata that is too long or not well-formed', async () => {
    const bad = ['name !!!', `a ${btoa('x')},a ${btoa('y')}`, `a${','.repeat(3)}`, 'a b c', `__proto__ ${btoa('x')}`];
    for (const metadata of bad) {
      await assertProblem(await create({ 'upload-length': '1', 'upload-metadata': metadata }), 400, 'BAD_REQUEST');
    }
    const long = `a ${'A'.repeat(4_096)}`;
    await assertProblem(await create({ 'upload-length': '1', 'upload-metadata': long }), 431, 'HEADERS_TOO_LARGE');
  });

  test('names are shown and never used', async () => {
    const name = '../../etc/passwd\u202egpj.exe';
    const path = await begin(photo.length, {
      'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`,
    });
    const last = await patch(path, 0, photo);
    await assertAsset(last.headers.get('upload-asset-id'), photo, 'passwdgpj.exe');
  });

  test('another method in a header does not reach what is not there', async () => {
    for (const method of ['PATCH', 'HEAD', 'DELETE']) {
      const headers = { ...tus, ...pieceType, 'upload-offset': '0', 'x-http-method-override': method };
      const answer = await ask(`/v1/uploads/${newId()}`, { method: 'POST', headers });
      await assertProblem(answer, 404, 'UPLOAD_NOT_FOUND');
    }
    const other = await ask(await begin(1), { method: 'POST', headers: { 'x-http-method-override': 'toString' } });
    await assertProblem(other, 405, 'METHOD_NOT_ALLOWED');
  });

  test('parts of others', async () => {
    const concat = `final;/v1/uploads/${newId()} /v1/uploads/${newId()}`;
    await assertProblem(await create({ 'upload-concat': concat }), 404, 'UPLOAD_NOT_FOUND');
    const own = await begin(10);
    await assertProblem(await create({ 'upload-concat': `final;${own}` }), 400, 'BAD_REQUEST');
    await assertProblem(await create({ 'upload-concat': 'partial', 'upload-length': '1' }), 400, 'BAD_REQUEST');
  });

  test('a forged host does not get into an answer', async () => {
    const forged = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
    };
    const answer = await create({ 'upload-length': '1', ...forged });
    assert.equal(answer.status, 201);
    assert.doesNotMatch(JSON.stringify([...answer.headers]), /evil/);
  });

  test('pages of other origins', async () => {
    const answer = await create({ 'upload-length': '1', origin: 'https://evil.example' });
    await assertProblem(answer, 403, 'ORIGIN_NOT_ALLOWED');
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  });

  test('two pieces for one place: one of them counts', async () => {
    const path = await begin(photo.length);
    const answers = await Promise.all([patch(path, 0, photo), patch(path, 0, photo)]);
    const statuses = answers.map(({ status }) => status).sort();
    assert.equal(statuses[0], 204);
    assert.ok([409, 423].includes(statuses[1] ?? 0), String(statuses));
    await assertAsset((await head(path)).headers.get('upload-asset-id'), photo, null);
  });
});

describe('connections that break', () => {
  /** Sends the head of a PATCH and a part of what it promises. */
  async function sendPart(path: string, offset: number, bytes: Buffer, promisedBytes: number) {
    const { hostname, port, host } = new URL(fleet.address);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const lines = [
      `PATCH ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Tus-Resumable: 1.0.0',
      'Content-Type: application/offset+octet-stream',
      `Upload-Offset: ${offset}`,
      `Content-Length: ${promisedBytes}`,
      '',
      '',
    ];
    socket.write(lines.join('\r\n'));
    socket.write(bytes);
    return socket;
  }

  /** As clients do it: what was cut may still be on its way when they ask where it stands. */
  async function resume(path: string): Promise<Response> {
    for (;;) {
      const offset = Number((await head(path)).headers.get('upload-offset'));
      const answer = await patch(path, offset, photo.subarray(offset));
      if (answer.status !== 409) return answer;
    }
  }

  test('what had come is kept, and the rest is all that is sent again', async () => {
    const path = await begin(photo.length);
    const part = photo.subarray(0, 200_000);
    const socket = await sendPart(path, 0, part, photo.length);
    if (fleet.kind !== 'fleet') {
      const file = join(fleet.dir, 'data', 'uploads', 'tus', path.slice(path.lastIndexOf('/') + 1));
      await until(async () => assert.ok((await stat(file)).size > 0));
    }
    socket.destroy();
    const offset = Number((await head(path)).headers.get('upload-offset'));
    if (fleet.kind !== 'fleet') assert.equal(offset, part.length);
    await assertAsset((await resume(path)).headers.get('upload-asset-id'), photo, null);
  });

  test('a connection that is half dead gives way to the next', async () => {
    const path = await begin(photo.length);
    const part = photo.subarray(0, 100_000);
    const socket = await sendPart(path, 0, part, photo.length);
    const said = text(socket);
    await until(() => assert.equal(socket.writableLength, 0));
    // It says nothing more, and does not close.
    await assertAsset((await resume(path)).headers.get('upload-asset-id'), photo, null);
    socket.destroy();
    await said.catch(() => '');
  });
});

describe('regions', () => {
  const locationOf = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await ask(path, { headers });
    assert.equal(answer.status, 307);
    return answer.headers.get('location');
  };

  test('lead to the one that is named', async () => {
    assert.equal(await locationOf('/v1/uploads/endpoint?region=eu'), 'https://eu.example.com/v1/uploads');
    const problem = await assertProblem(await ask('/v1/uploads/endpoint?region=mars'), 400, 'INVALID_PARAMETERS');
    assert.deepEqual(problem['regions'], ['br', 'eu']);
  });

  test('stay here without one, and strangers are not believed where they come from', async () => {
    assert.equal(await locationOf('/v1/uploads/endpoint'), '/v1/uploads');
    const forged = { 'cf-ipcountry': 'BR', 'x-forwarded-for': '203.0.113.9' };
    assert.equal(await locationOf('/v1/uploads/endpoint', forged), '/v1/uploads');
  });

  test('a trusted proxy is', async () => {
    await fleet.restart({
      ESTEIRA_REGIONS: 'br:BR+AR=https://br.example.com,eu=https://eu.example.com',
      ESTEIRA_TRUST_PROXY: 'loopback',
    });
    const from = (country: string) => ({ 'cf-ipcountry': country, 'x-forwarded-for': '203.0.113.9' });
    assert.equal(await locationOf('/v1/uploads/endpoint', from('AR')), 'https://br.example.com/v1/uploads');
    assert.equal(await locationOf('/v1/uploads/endpoint', from('JP')), '/v1/uploads');
    assert.equal(await locationOf('/v1/uploads/endpoint', { 'cf-ipcountry': 'BR' }), '/v1/uploads');
  });
});
