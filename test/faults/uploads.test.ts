import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { type FailpointName, failpointNames } from '#kernel/failpoints.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';

// Uploads in pieces, cut and killed wherever it may happen: nothing that was acknowledged is sent again, and the asset
// is what was sent.

const tus = { 'tus-resumable': '1.0.0' };
/** What the kernel and the streams may hold of a body that was cut: one piece of the studio is much larger. */
const chunkBytes = 1_048_576;
const large = await sharp(randomBytes(1_200 * 1_000 * 3), { raw: { width: 1_200, height: 1_000, channels: 3 } })
  .png({ compressionLevel: 0 })
  .toBuffer();

let fleet: Fleet;
before(async () => {
  fleet = await startFleet('embedded');
});
after(() => fleet[Symbol.asyncDispose]());

/** Another file each time: the same bytes would be found again in the store. */
function another(sizeBytes: number): Buffer {
  return Buffer.concat([small, randomBytes(Math.max(0, sizeBytes - small.length))]);
}
const small = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#123456' } })
  .png()
  .toBuffer();

async function begin(file: Buffer): Promise<string> {
  const headers = { ...tus, 'upload-length': String(file.length) };
  const answer = await fetch(`${fleet.address}/v1/uploads`, { method: 'POST', headers });
  assert.equal(answer.status, 201);
  return answer.headers.get('location') ?? '';
}

/** @returns undefined when the server went away */
async function patch(path: string, offset: number, bytes: Buffer): Promise<Response | undefined> {
  const headers = { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) };
  const body = new Uint8Array(bytes);
  return await fetch(fleet.address + path, { method: 'PATCH', headers, body }).catch(() => undefined);
}

async function offsetOf(path: string): Promise<number> {
  const answer = await fetch(fleet.address + path, { method: 'HEAD', headers: tus });
  assert.equal(answer.status, 200);
  return Number(answer.headers.get('upload-offset'));
}

/** A PATCH that promises everything and brings a part, then nothing more. */
async function sendPart(path: string, offset: number, file: Buffer, partBytes: number) {
  const { hostname, port, host } = new URL(fleet.address);
  const socket = connect(Number(port), hostname).on('error', () => {});
  await once(socket, 'connect');
  const lines = [
    `PATCH ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Tus-Resumable: 1.0.0',
    'Content-Type: application/offset+octet-stream',
    `Upload-Offset: ${offset}`,
    `Content-Length: ${file.length - offset}`,
    '',
    '',
  ];
  socket.write(lines.join('\r\n'));
  socket.write(file.subarray(offset, offset + partBytes));
  await until(() => assert.equal(socket.writableLength, 0));
  return socket;
}

/** As clients do it: a piece that was cut may still be on its way when they ask where it stands. */
async function resume(path: string, file: Buffer): Promise<Response | undefined> {
  for (;;) {
    const offset = await offsetOf(path);
    const answer = await patch(path, offset, file.subarray(offset));
    if (answer?.status !== 409) return answer;
  }
}

async function assertAsset(answer: Response | undefined, file: Buffer): Promise<void> {
  const id = answer?.headers.get('upload-asset-id');
  assert.ok(id, `${answer?.status} ${await answer?.text()}`);
  const content = await fetch(`${fleet.address}/v1/assets/${id}/content`);
  assert.equal(hashOf(Buffer.from(await content.arrayBuffer())), hashOf(file));
}

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const onDisk = (path: string) => join(fleet.dir, 'data', 'uploads', 'tus', path.slice(path.lastIndexOf('/') + 1));

async function kill(): Promise<void> {
  await Promise.all(fleet.apis.map((server) => server.stop('SIGKILL')));
  await fleet.restart({});
}

test('killed in the middle of a piece: what the server had is kept, and little is sent twice', async () => {
  const path = await begin(large);
  const first = large.subarray(0, 500_000);
  assert.equal((await patch(path, 0, first))?.status, 204);
  const partBytes = 2_000_000;
  const socket = await sendPart(path, first.length, large, partBytes);
  await until(async () => assert.ok((await stat(onDisk(path))).size > first.length));
  await kill();
  socket.destroy();
  const offset = await offsetOf(path);
  assert.equal(offset, (await stat(onDisk(path))).size);
  assert.ok(offset >= first.length, 'what was acknowledged');
  await assertAsset(await patch(path, offset, large.subarray(offset)), large);
});

for (const failpoint of failpointNames.filter((name): name is FailpointName => name.startsWith('upload-'))) {
  test(`killed at ${failpoint}: the next question finishes the upload, once`, async () => {
    const file = another(5_000);
    const path = await begin(file);
    await fleet.restart({ ESTEIRA_TEST: '1', ESTEIRA_FAILPOINT: failpoint });
    const before = await assets();
    assert.equal(await patch(path, 0, file), undefined);
    await fleet.restart({});
    const headers = { headers: tus, method: 'HEAD' };
    const answers = await Promise.all([1, 2, 3].map(() => fetch(fleet.address + path, headers)));
    for (const answer of answers) await assertAsset(answer, file);
    assert.equal(await assets(), before + 1);
    assert.deepEqual(
      (await fleet.files()).uploads.filter((name) => name.includes(path.slice(-36))),
      [],
    );
  });
}

async function assets(): Promise<number> {
  const answer = await fetch(`${fleet.address}/v1/assets?limit=100`);
  return ((await answer.json()) as { items: unknown[] }).items.length;
}

test('cut at 0, 1, 50, 99 and 100 per cent, a hundred times: the asset is what was sent', async () => {
  for (let round = 0; round < 20; round++) {
    for (const percent of [0, 1, 50, 99, 100]) {
      const file = another(1_000 + round * 4_000);
      const path = await begin(file);
      const socket = await sendPart(path, 0, file, Math.floor((file.length * percent) / 100));
      // Sometimes before the server has begun to read, sometimes after.
      if (round % 2 === 1 && percent > 0 && percent < 100) {
        await until(async () => assert.ok((await stat(onDisk(path))).size > 0));
      }
      socket.destroy();
      await assertAsset(await resume(path, file), file);
    }
  }
});

test('a piece that is cut loses no more than what was on its way', async () => {
  const path = await begin(large);
  const partBytes = 3_000_000;
  const socket = await sendPart(path, 0, large, partBytes);
  await until(async () => assert.ok((await stat(onDisk(path))).size > 0));
  socket.destroy();
  const offset = await offsetOf(path);
  assert.ok(partBytes - offset <= chunkBytes, `${partBytes - offset} bytes are to be sent again`);
  await assertAsset(await patch(path, offset, large.subarray(offset)), large);
});
