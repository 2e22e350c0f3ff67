import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { mebibyte } from '#kernel/units.ts';
import { mp3Lasting } from '../support/hostile-sounds.ts';
import { assertRefused, hostileTests } from './support/hostile-tests.ts';
import { corpusFiles, fileRow, sendHostileFile } from './support/send-hostile.ts';

// Small files that become large. The limit of an upload lets a whole day of MP3 through, and no more.

const tests = hostileTests('bombs', { env: { ESTEIRA_MAX_UPLOAD_BYTES: String(90 * mebibyte) } });

for (const row of [1, 2, 3, 4, 5, 6, 7, 8, 9]) fileRow(tests, row);

tests.row(10, 'MP3 of a whole day, and Ogg that claims one: refused with 422 DURATION_LIMIT', async () => {
  const day = { method: 'POST', body: mp3Lasting(24), headers: { 'content-type': 'audio/mpeg' } };
  assertRefused(await tests.ask('/v1/assets', day), 422, 'DURATION_LIMIT', tests, 'MP3');
  for (const sound of corpusFiles(10)) await sendHostileFile(tests, sound);
});

tests.row(11, 'MP3 whose cover has 500 MB: refused with 413 UPLOAD_TOO_LARGE', async () => {
  const head = Buffer.from('ID3\x04\0\0\x01\x6e\x36\x00APIC', 'latin1');
  const said = await tests.sendRaw(
    `POST /v1/assets HTTP/1.1\r\nHost: ${tests.server.host}\r\nConnection: close\r\nContent-Type: audio/mpeg\r\n` +
      `Content-Length: 500000000\r\n\r\n${head.toString('latin1')}`,
  );
  assert.match(said, /^HTTP\/1\.1 413 [\s\S]*"code":"UPLOAD_TOO_LARGE"/, 'with its length');
  const untold = { method: 'POST', body: Readable.from(endless(head, 90)), headers: { 'content-type': 'audio/mpeg' } };
  assertRefused(await tests.ask('/v1/assets', untold), 413, 'UPLOAD_TOO_LARGE', tests, 'without its length');
});

function* endless(head: Buffer, mebibytes: number): Generator<Buffer> {
  yield head;
  for (let left = mebibytes; left > 0; left -= 1) yield Buffer.alloc(mebibyte);
}
