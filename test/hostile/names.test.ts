import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '#kernel/ids.ts';
import { hostileNames } from '../support/corpus.ts';
import { assertRefused, hostileTests } from './support/hostile-tests.ts';
import { newPicture } from './support/ordinary-work.ts';

// Names that would like to be paths, headers or something else than they look, and addresses that climb.

const tests = hostileTests('names');
const safeDisposition = /^inline; filename="[\w.\- ()]+\.png"; filename\*=UTF-8''[\w%.~!-]+\.png$/;
const storedPath = /^[0-9a-f]{2}(?:\/[0-9a-f]{2}(?:\/[0-9a-f]{64})?)?$|^\.(?:incoming|aside)$/;

for (let row = 43; row <= 53; row += 1) {
  const names = hostileNames.filter((one) => one.row === row).map(({ name }) => name);
  const shown = names.map((name) => JSON.stringify(name.slice(0, 30))).join(', ');
  tests.row(row, `a file called ${shown}: accepted, kept under its hash, given back under a safe name`, async () => {
    assert.ok(names.length > 0);
    for (const name of names) await sendNamed(name);
  });
}

/** By form, by tus, and as the name of an import's asset: all doors through which a name comes in. */
async function sendNamed(name: string): Promise<void> {
  const picture = await newPicture();
  const byForm = await tests.sendFile('/v1/assets', picture, name);
  await assertSafe(byForm.status, String(byForm.headers['location']), picture, byForm.bytes);

  const metadata = `filename ${Buffer.from(name.slice(0, 2_000)).toString('base64')}`;
  const tus = { 'tus-resumable': '1.0.0' };
  const headers = { ...tus, 'upload-length': String(picture.length), 'upload-metadata': metadata };
  const begun = await tests.ask('/v1/uploads', { method: 'POST', headers });
  assert.equal(begun.status, 201, String(begun.bytes));
  const piece = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  const done = await tests.ask(String(begun.headers['location']), { method: 'PATCH', headers: piece, body: picture });
  await assertSafe(done.status - 3, `/v1/assets/${done.headers['upload-asset-id']}`, picture, done.bytes);
}

async function assertSafe(status: number, location: string, picture: Buffer, said: Buffer): Promise<void> {
  assert.equal(status, 201, String(said));
  assert.match(location, /^\/v1\/assets\/[0-9a-f-]{36}$/);
  const { name } = (await tests.ask(location)).json();
  assert.ok(name === null || (!/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(name) && name.length <= 255), name);
  assert.equal(name, name?.normalize('NFC') ?? null);
  const content = await tests.ask(`${location}/content`);
  assert.deepEqual(content.bytes, picture);
  assert.match(String(content.headers['content-disposition']), safeDisposition);
  assert.equal(content.headers['set-cookie'], undefined);
  const stored = await readdir(join(tests.server.dataDir, 'objects'), { recursive: true });
  assert.deepEqual(
    stored.filter((path) => !storedPath.test(path)),
    [],
  );
}

tests.row(54, 'folders whose names begin alike: refused with 404 NOT_FOUND', async () => {
  // `data2` stands beside `data`, `assets-secret` would beside `assets`.
  const paths = [
    '/assets/../data2/canary',
    '/assets/..%2fdata2%2fcanary',
    '/assets/..%2f..%2f..%2fdata2%2fcanary',
    '/assets../data2/canary',
    '/assets-secret/x.js',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/samples/..%5c..%5cpackage.json',
    '/samples/....//....//package.json',
    '/docs/static/../../../package.json',
    '/docs/static/..%2f..%2f..%2fpackage.json',
    '//assets/../package.json',
    '/assets/%00',
    '/assets/index.html%00.js',
  ];
  for (const path of paths) {
    const answer = await tests.ask(path);
    assertRefused(answer, [400, 404], ['NOT_FOUND', 'BAD_REQUEST'], tests, path);
  }
});

tests.row(55, 'uploads called a%2fb and %00: refused with 404 UPLOAD_NOT_FOUND', async () => {
  const headers = { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  const ids = ['a%2fb', '..%2f..%2fcanary', '%00', 'a%00b', '..%5ccanary', '%2e%2e', 'endpoint%2f', newId()];
  for (const id of ids) {
    for (const method of ['PATCH', 'DELETE']) {
      const answer = await tests.ask(`/v1/uploads/${id}`, {
        method,
        headers,
        ...(method === 'PATCH' && { body: 'x' }),
      });
      assertRefused(answer, 404, 'UPLOAD_NOT_FOUND', tests, `${method} ${id}`);
    }
    const head = await tests.ask(`/v1/uploads/${id}`, { method: 'HEAD', headers });
    assert.equal(head.status, 404, id);
  }
});

tests.row(56, 'separators that are encoded do not reach what stands behind them: refused with 404', async () => {
  const paths = [
    '/admin%2Fx',
    '/v1%2Fjobs',
    '/v1/jobs%2F..%2Fassets',
    '/v1%2fops%2fqueues',
    '/v1/ops%2Fqueues',
    '/v1/%6fps%2fqueues',
    '/%2e%2e/metrics',
    '/./metrics/',
    '/metrics%00',
    '/metrics;x',
    '/v1//ops//queues',
    '/v1/jobs/..;/ops/queues',
    '/V1/OPS/QUEUES',
    '/v1/ops/queues/',
  ];
  for (const path of paths) assertRefused(await tests.ask(path), [404], ['NOT_FOUND', 'JOB_NOT_FOUND'], tests, path);
});
