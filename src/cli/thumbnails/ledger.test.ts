import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openLedger } from './ledger.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ledger-'));
});
after(() => rm(dir, { recursive: true }));

test('what was made of the same work and is untouched is found, in a later run too', async () => {
  const ledger = await openLedger(dir);
  await writeFile(join(dir, 'a.jpg'), 'picture');
  await ledger.add('a|white', 'key 1', 'a.jpg');
  for (const each of [ledger, await openLedger(dir)]) {
    assert.equal(await each.find('a|white', 'key 1'), 'a.jpg');
    assert.equal(await each.find('a|white', 'key 2'), undefined, 'the work is another one');
    assert.equal(await each.find('b|white', 'key 1'), undefined);
  }
  await writeFile(join(dir, 'a.jpg'), 'changed'); // of the same length
  assert.equal(await ledger.find('a|white', 'key 1'), undefined);
  await rm(join(dir, 'a.jpg'));
  assert.equal(await ledger.find('a|white', 'key 1'), undefined);
});

test('a line cut off by a kill is forgotten, the others are not', async () => {
  await writeFile(join(dir, 'b.jpg'), 'picture');
  const ledger = await openLedger(dir);
  await ledger.add('b', 'key', 'b.jpg');
  await appendFile(join(dir, '.esteira-thumbnails.jsonl'), '{"item":"c","key":"k","fi');
  assert.equal(await (await openLedger(dir)).find('b', 'key'), 'b.jpg');
});

test('it does not grow without end', async () => {
  await writeFile(join(dir, 'd.jpg'), 'picture');
  const ledger = await openLedger(dir);
  for (let run = 0; run < 200; run++) await ledger.add('d', `key ${run}`, 'd.jpg');
  const reopened = await openLedger(dir);
  assert.ok((await readFile(join(dir, '.esteira-thumbnails.jsonl'), 'utf8')).split('\n').length < 20);
  assert.equal(await reopened.find('d', 'key 199'), 'd.jpg');
});
