import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { fromBufferPromise } from 'yauzl';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';

// A real server in a process of its own, so that what it holds open can be seen from outside.

let server: Fleet;
before(async () => {
  server = await apiUnderTest();
});
after(async () => {
  for (const exitCode of await server.stop()) assert.equal(exitCode, 0);
  await server[Symbol.asyncDispose]();
});

// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; json: any }> {
  const headers = { 'content-type': 'application/json' };
  const text = body === undefined ? {} : { body: JSON.stringify(body), headers };
  const response = await fetch(`${server.address}${path}`, { method, ...text });
  const answer = await response.text();
  return { status: response.status, json: answer === '' ? undefined : JSON.parse(answer) };
}

async function upload(bytes: Buffer, name: string): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)]), name);
  const response = await fetch(`${server.address}/v1/assets`, { method: 'POST', body: form });
  assert.equal(response.status, 201, name);
  return ((await response.json()) as { id: string }).id;
}

async function finished(id: string) {
  return until(async () => {
    const { json } = await ask('GET', `/v1/batches/${id}`);
    assert.equal(json.status, 'finished');
    return json;
  }, 60_000);
}

function plain(background: string): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .png()
    .toBuffer();
}

async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(bytes);
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    assert.equal(entry.compressionMethod, 0);
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return files;
}

test('a batch of good and broken files: what can be made is in the archive, what cannot says why', async () => {
  const names = ['tênis.png', 'foto.png', '../../foto.png', 'quebrada.png', 'CON.png', 'foto.png'];
  const colours = ['#a00', '#0a0', '#00a', '#000', '#aa0', '#0aa'];
  const ids: string[] = [];
  for (const [at, name] of names.entries()) {
    const picture = await plain(colours[at] ?? '');
    // Its header is that of a picture; where its pixels should be there is nothing but noise.
    if (name === 'quebrada.png') picture.set(randomBytes(picture.length - 57), 45);
    ids.push(await upload(picture, name));
  }
  const params = { widthPx: 32, format: 'jpeg' };
  const inputs = [...ids, { inputs: [ids[0]], params: { format: 'webp' }, name: 'outra' }];
  const created = await ask('POST', '/v1/batches', { processor: 'image.resize', params, inputs });
  assert.equal(created.status, 202, JSON.stringify(created.json));
  assert.equal(created.json.counts.total, 7);
  const { id } = created.json;

  const batch = await finished(id);
  assert.deepEqual([batch.counts.succeeded, batch.counts.failed, batch.progress], [6, 1, 1]);
  const failed = (await ask('GET', `/v1/batches/${id}/items?status=failed`)).json.items;
  assert.deepEqual([failed.length, failed[0].index, failed[0].name], [1, 3, 'quebrada.png']);
  assert.equal(failed[0].job.error.code, 'MEDIA_INVALID');
  assert.match(failed[0].job.error.detail, /\w/);

  const response = await fetch(`${server.address}${batch.archiveUrl}`);
  assert.equal(response.headers.get('content-type'), 'application/zip');
  assert.match(String(response.headers.get('content-disposition')), /^attachment; filename="batch-[0-9a-f-]+\.zip"$/);
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(response.headers.get('content-length'), String(bytes.length));
  const files = await unzip(bytes);
  const expected = ['tênis.jpg', 'foto.jpg', 'foto (2).jpg', '_CON.jpg', 'foto (3).jpg', 'outra.webp'];
  assert.deepEqual([...files.keys()], expected);
  const made = (await ask('GET', `/v1/batches/${id}/items?status=succeeded`)).json.items;
  for (const [at, file] of [...files.values()].entries()) {
    const output = await fetch(`${server.address}${made[at].job.outputs[0].url}`);
    assert.deepEqual(file, Buffer.from(await output.arrayBuffer()));
  }
  const head = await fetch(`${server.address}${batch.archiveUrl}`, { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);

  assert.equal((await ask('POST', `/v1/batches/${id}/retry`)).json.counts.failed, 0);
  assert.equal((await finished(id)).counts.failed, 1, 'it is still broken');
  assert.equal((await ask('POST', `/v1/batches/${id}/cancel`)).json.code, 'JOB_NOT_CANCELLABLE');
  assert.equal((await ask('DELETE', `/v1/batches/${id}`)).status, 204);
  assert.equal((await ask('GET', `/v1/batches/${id}`)).json.code, 'BATCH_NOT_FOUND');
  assert.equal((await ask('GET', `/v1/jobs/${made[0].job.id}`)).json.code, 'JOB_NOT_FOUND');
});

test('an archive without a result is a conflict, not an empty file', async () => {
  const broken = await plain('#123');
  broken.set(randomBytes(broken.length - 57), 45);
  const inputs = [await upload(broken, 'a.png')];
  const { id } = (await ask('POST', '/v1/batches', { processor: 'image.resize', params: { widthPx: 8 }, inputs })).json;
  await finished(id);
  const answer = await ask('GET', `/v1/batches/${id}/archive`);
  assert.deepEqual([answer.status, answer.json.code], [409, 'ARCHIVE_EMPTY']);
});

test('one object is open at a time, and none when the client has gone', {
  skip: process.platform !== 'linux',
}, async () => {
  // The first object alone is more than sockets hold, or it might be closed already while they wait.
  const sidePx = 2_600;
  const noise = await sharp(randomBytes(sidePx * sidePx * 3), { raw: { width: sidePx, height: sidePx, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const asset = await upload(noise, 'noise.png');
  const params = { widthPx: sidePx - 10, format: 'png' };
  const inputs = Array.from({ length: 5 }, () => asset);
  const { id } = (await ask('POST', '/v1/batches', { processor: 'image.resize', params, inputs })).json;
  assert.equal((await finished(id)).counts.succeeded, 5);

  const [response] = (await once(get(`${server.address}/v1/batches/${id}/archive`), 'response')) as [IncomingMessage];
  assert.ok(Number(response.headers['content-length']) > 60_000_000, 'more than sockets hold');
  await once(response, 'readable');
  // An S3 server may have sent all of one already.
  const expected = server.kind === 'fleet' ? [0, 1] : [1];
  await until(async () => assert.ok(expected.includes((await server.openObjects()).length)));
  response.destroy();
  await until(async () => assert.equal((await server.openObjects()).length, 0));
});
