import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder } from './folders.ts';

test('folders are made down to the last one, and may be there already', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'folders-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (let again = 0; again < 2; again++) await makeFolder(join(root, 'a', 'b', 'c'));
  const { mode } = await stat(join(root, 'a', 'b', 'c'));
  assert.equal(mode & 0o777, 0o700);
});

test('where no folder can be made, it says so and comes to an end', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'folders-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, 'file'), '');
  await assert.rejects(makeFolder(join(root, 'file')), { code: 'EEXIST' });
  await assert.rejects(makeFolder(join(root, 'file', 'a', 'b')), { code: 'ENOTDIR' });
  if (process.platform === 'linux') await assert.rejects(makeFolder('/proc/none/below'), { code: 'ENOENT' });
});
