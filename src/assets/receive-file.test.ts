import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { mebibyte } from '#kernel/units.ts';
import { isCode } from '../../test/support/is-code.ts';
import { receiveFile } from './receive-file.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-receive-'));
});
after(() => rm(dir, { recursive: true }));

test('the file holds the bytes, and they are hashed and counted', async () => {
  const bytes = randomBytes(300_001);
  const received = await receiveFile(Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]), dir, bytes.length);
  assert.deepEqual(await readFile(received.path), bytes);
  assert.equal(received.sizeBytes, bytes.length);
  assert.equal(received.sha256, createHash('sha256').update(bytes).digest('hex'));
  await rm(received.path);
});

test('one byte too many stops it; the limit is told, the body left alone', async () => {
  const body = new PassThrough();
  body.write(Buffer.alloc(1000));
  await assert.rejects(receiveFile(body, dir, 999), isCode('UPLOAD_TOO_LARGE', /999 B/));
  assert.equal(body.destroyed, false);
  assert.deepEqual(await readdir(dir), []);
  // The client may still hang up, when nobody reads any more: that must not end the process.
  body.destroy(new Error('socket hang up'));
  await new Promise((resolve) => body.once('close', resolve));
});

test('an endless body is stopped after the limit', async () => {
  let produced = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) {
        produced += 65_536;
        yield Buffer.alloc(65_536);
      }
    })(),
  );
  await assert.rejects(receiveFile(endless, dir, mebibyte), isCode('UPLOAD_TOO_LARGE'));
  assert.ok(produced < 4 * mebibyte);
  assert.deepEqual(await readdir(dir), []);
});

test('a body that fails with an AppError keeps it', async () => {
  const body = new PassThrough();
  const refused = receiveFile(body, dir, 1000);
  body.destroy(new AppError('DATABASE_UNAVAILABLE', 'for example'));
  await assert.rejects(refused, isCode('DATABASE_UNAVAILABLE'));
});

test('a body that was destroyed before or meanwhile is UPLOAD_INTERRUPTED', async () => {
  const body = new PassThrough();
  body.destroy();
  await assert.rejects(receiveFile(body, dir, 1000), isCode('UPLOAD_INTERRUPTED'));
  const other = new PassThrough();
  other.write('x');
  const refused = receiveFile(other, dir, 1000);
  other.destroy();
  await assert.rejects(refused, isCode('UPLOAD_INTERRUPTED'));
  assert.deepEqual(await readdir(dir), []);
});

test('a client that goes away in the middle leaves nothing', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const arrived = once(server, 'request');
  const client = request({ port, method: 'POST', headers: { 'content-length': 1_000_000 } });
  client.on('error', () => {});
  client.write(Buffer.alloc(200_000));
  const [incoming] = await arrived;
  const refused = receiveFile(incoming, dir, mebibyte);
  client.destroy();
  await assert.rejects(refused, isCode('UPLOAD_INTERRUPTED'));
  assert.deepEqual(await readdir(dir), []);
});
