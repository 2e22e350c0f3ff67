import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { assertRefused, hostileTests } from './support/hostile-tests.ts';
import { type Entry, zipOf } from './support/zip.ts';

// Archives that come in, and tables that go out. Nothing in the program reads archives: every door refuses them by their
// content, whatever is in them, and that is what is held here. What restores backups has to pass the same six.

const tests = hostileTests('archives');

/** All doors that take files. */
async function refusedEverywhere(archive: Buffer): Promise<void> {
  for (const name of ['backup.zip', 'photo.png']) {
    assertRefused(await tests.sendFile('/v1/assets', archive, name), 415, 'UNSUPPORTED_MEDIA_TYPE', tests, name);
    assertRefused(await tests.sendFile('/v1/images/cutout', archive, name), 415, 'UNSUPPORTED_MEDIA_TYPE', tests, name);
    assertRefused(
      await tests.sendFile('/v1/audio/analysis', archive, name),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      tests,
      name,
    );
  }
  const raw = { method: 'POST', body: archive, headers: { 'content-type': 'application/zip' } };
  assertRefused(await tests.ask('/v1/assets', raw), 415, 'UNSUPPORTED_MEDIA_TYPE', tests, 'body');
  const tus = { 'tus-resumable': '1.0.0' };
  const begun = await tests.ask('/v1/uploads', {
    method: 'POST',
    headers: { ...tus, 'upload-length': String(archive.length) },
  });
  const piece = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  const path = String(begun.headers['location']);
  const done = await tests.ask(path, { method: 'PATCH', headers: piece, body: archive });
  assertRefused(done, 415, 'UNSUPPORTED_MEDIA_TYPE', tests, 'pieces');
}

async function untouched(act: () => Promise<void>): Promise<void> {
  const count = async () => (await tests.ask('/v1/assets?limit=100')).json().items.length;
  const before = await count();
  await act();
  assert.equal(await count(), before, 'something was kept');
}

const file = (name: string, content = 'content'): Entry => ({ name, content: Buffer.from(content) });
const manifest = (sha256: string) => file('manifest.json', JSON.stringify({ files: [{ path: 'objects/a', sha256 }] }));

const archives: readonly [row: number, title: string, make: () => Buffer][] = [
  [
    111,
    'an archive whose paths climb',
    () =>
      zipOf([file('../../../../etc/cron.d/x'), file('/etc/cron.d/y'), file('..\\..\\z'), file('a/../../../canary')]),
  ],
  [
    112,
    'an archive with a link, and a file behind it',
    () => zipOf([{ ...file('objects', '/etc'), unixMode: 0o120777 }, file('objects/cron.d/x')]),
  ],
  [113, 'an archive that unpacks without end', () => zipOf([{ name: 'zeros', ...zeros(1_000) }])],
  [114, 'an archive of a million entries', () => zipOf([file('a')], { claimedEntries: 1_000_000, repeat: 65_000 })],
  [
    115,
    'an archive with one name twice',
    () => zipOf([file('objects/a', 'one'), file('objects/a', 'other'), file('OBJECTS/A')]),
  ],
  [
    116,
    'an archive whose list has another hash',
    () => zipOf([manifest(createHash('sha256').update('other').digest('hex')), file('objects/a')]),
  ],
];

for (const [row, title, make] of archives) {
  tests.row(row, `${title}: refused with 415 UNSUPPORTED_MEDIA_TYPE, as every archive is`, () =>
    untouched(() => refusedEverywhere(make())),
  );
}

/** A gigabyte of zeros for each thousand, packed twice: what unpacks the first finds the next. */
function zeros(mebibytes: number): Pick<Entry, 'content' | 'packed'> {
  const some = deflateRawSync(Buffer.alloc(64 * 2 ** 20));
  const inner = zipOf(
    Array.from({ length: Math.ceil(mebibytes / 64) }, (_, index) => ({
      name: `${index}`,
      content: Buffer.alloc(0),
      packed: some,
      claimedBytes: 64 * 2 ** 20,
    })),
  );
  return { content: inner };
}

tests.row(117, 'a table whose cells are formulas: given out as text', async () => {
  const formulas = ["=cmd|' /C calc'!A0", '+1+1', '-2+3', '@SUM(1)', '\t=1', '=HYPERLINK("http://evil.example","x")'];
  for (const formula of formulas) {
    const made = await tests.sendJson(
      '/v1/webhooks',
      { url: 'http://127.0.0.1:9/', events: ['job.failed'], description: formula },
      { 'user-agent': formula.trim() },
    );
    assert.equal(made.status, 201, String(made.bytes));
    assert.equal(
      (
        await tests.ask(`/v1/webhooks/${made.json().id}`, {
          method: 'DELETE',
          headers: { 'user-agent': formula.trim() },
        })
      ).status,
      204,
    );
  }
  const exported = await tests.ask('/v1/audit/export?format=csv');
  assert.equal(exported.status, 200, String(exported.bytes));
  assert.match(String(exported.headers['content-type']), /^text\/csv/);
  assert.match(String(exported.headers['content-disposition']), /^attachment/);
  const rows = parse(exported.bytes, { bom: true }) as string[][];
  assert.ok(rows.length > formulas.length, `${rows.length} rows`);
  // The formulas are in it, or nothing would be shown.
  assert.ok(
    rows.flat().some((cell) => cell.includes('cmd|')),
    'the record does not have them',
  );
  for (const cell of rows.flat()) assert.doesNotMatch(cell, /^\s*[=+\-@\t\r]/, `${JSON.stringify(cell)} is a formula`);
});
