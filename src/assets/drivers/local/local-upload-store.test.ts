import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { ERRORS } from '@tus/server';
import { testUploadStore } from '../../uploads/upload-store.contract.ts';
import { openLocalUploadStore } from './local-upload-store.ts';

testUploadStore('local', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-uploads-'));
  return {
    engine: 'file system',
    open: () => openLocalUploadStore(join(dir, 'tus')),
    list: () => readdir(join(dir, 'tus')),
    close: () => rm(dir, { recursive: true }),
  };
});

test('the folder is its owner’s alone, and no id leads out of it', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-uploads-'));
  t.after(() => rm(dir, { recursive: true }));
  const store = await openLocalUploadStore(join(dir, 'tus'));
  assert.equal((await stat(join(dir, 'tus'))).mode & 0o777, 0o700);
  for (const id of ['../x', '..', 'a/b', 'a\0b', '']) {
    await assert.rejects(store.write(Readable.from(['x']), id, 0), (error) => error === ERRORS.FILE_NOT_FOUND);
  }
  assert.deepEqual(await readdir(dir), ['tus']);
});
