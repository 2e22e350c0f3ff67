import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { release, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { testObjectStore } from '../../object-store.contract.ts';
import { writeError } from '../../storage-errors.ts';
import { openLocalObjectStore } from './local-object-store.ts';

const bytes = Buffer.from('an object');
const sha256 = createHash('sha256').update(bytes).digest('hex');

testObjectStore('local', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-objects-'));
  return {
    store: await openLocalObjectStore({ dir }),
    engine: `${type()} ${release()}`,
    races: 100,
    megabytes: 200,
    opener: {
      moduleUrl: new URL('./local-object-store.ts', import.meta.url).href,
      exportName: 'openLocalObjectStore',
      options: { dir },
    },
    async makeOlder(hash, ageMs) {
      const then = new Date(Date.now() - ageMs);
      await utimes(homeIn(dir, hash), then, then);
    },
    cleanUp: () => rm(dir, { recursive: true }),
  };
});

function homeIn(dir: string, hash: string): string {
  return join(dir, hash.slice(0, 2), hash.slice(2, 4), hash);
}

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-local-'));
  t.after(() => rm(dir, { recursive: true }));
  return dir;
}

async function put(dir: string): Promise<void> {
  const store = await openLocalObjectStore({ dir: join(dir, 'objects') });
  await writeFile(join(dir, 'file'), bytes);
  await store.putFile(sha256, join(dir, 'file'));
}

test('the file is at a place made of its hash, and read-only', async (t) => {
  const dir = await folder(t);
  await put(dir);
  const path = homeIn(join(dir, 'objects'), sha256);
  assert.deepEqual(await readFile(path), bytes);
  assert.equal((await stat(path)).mode & 0o777, 0o444);
});

test('what a killed process left is cleared when nobody can be writing it any more', async (t) => {
  const dir = await folder(t);
  await put(dir);
  const incoming = join(dir, 'objects', '.incoming');
  await writeFile(join(incoming, 'left-behind'), bytes);
  await utimes(join(incoming, 'left-behind'), 0, 0);
  await writeFile(join(incoming, 'being-written'), bytes);
  await openLocalObjectStore({ dir: join(dir, 'objects') });
  assert.deepEqual(await readdir(incoming), ['being-written']);
});

test('an object that a killed collection had taken aside comes back, and is readable before that', async (t) => {
  const dir = await folder(t);
  await put(dir);
  const objects = join(dir, 'objects');
  const store = await openLocalObjectStore({ dir: objects });
  await rename(homeIn(objects, sha256), join(objects, '.aside', `${sha256}.${randomUUID()}`));
  assert.equal(await text(await store.read(sha256)), 'an object');
  assert.equal(await store.sizeOf(sha256), bytes.length);
  await openLocalObjectStore({ dir: objects });
  assert.deepEqual(await readdir(join(objects, '.aside')), []);
  assert.deepEqual(await readFile(homeIn(objects, sha256)), bytes);
});

test('an object cut short by a broken disk is replaced by the next put', async (t) => {
  const dir = await folder(t);
  const home = homeIn(join(dir, 'objects'), sha256);
  await mkdir(join(home, '..'), { recursive: true });
  await writeFile(home, 'an obj');
  await put(dir);
  assert.deepEqual(await readFile(home), bytes);
});

test('a file from another file system is copied', async (t) => {
  const dir = await folder(t);
  const elsewhere = await mkdtemp('/dev/shm/esteira-');
  t.after(() => rm(elsewhere, { recursive: true }));
  assert.notEqual((await stat(elsewhere)).dev, (await stat(dir)).dev, 'needs two file systems to prove anything');
  const store = await openLocalObjectStore({ dir });
  await writeFile(join(elsewhere, 'file'), bytes);
  await store.putFile(sha256, join(elsewhere, 'file'));
  assert.equal(await text(await store.read(sha256)), 'an object');
  assert.deepEqual(await readdir(elsewhere), []);
  assert.deepEqual(await readdir(join(dir, '.incoming')), []);
});

test('a full disk is STORAGE_FULL', async () => {
  const full = await open('/dev/full', 'w');
  const error = writeError(await full.write('x').catch((cause: unknown) => cause));
  await full.close();
  assert.ok(error instanceof AppError && error.code === 'STORAGE_FULL');
});

test('folders are synced until an object is known to last, and again for one that was removed meanwhile', async (t) => {
  const dir = await folder(t);
  const store = await openLocalObjectStore({ dir: join(dir, 'objects') });
  const path = join(dir, 'file');
  await writeFile(path, bytes);
  const handle = await open(path);
  const sync = t.mock.method(Object.getPrototypeOf(handle) as typeof handle, 'sync');
  await handle.close();
  const syncsOfPut = async (): Promise<number> => {
    await writeFile(path, bytes);
    sync.mock.resetCalls();
    await store.putFile(sha256, path);
    return sync.mock.callCount();
  };
  // The file itself and three folders; three folders, for who wrote it may not have come so far; then nothing.
  assert.deepEqual([await syncsOfPut(), await syncsOfPut(), await syncsOfPut()], [4, 3, 0]);
  await utimes(homeIn(join(dir, 'objects'), sha256), 0, 0);
  assert.equal(await store.deleteIfOlder(sha256, 1_000), true);
  assert.deepEqual([await syncsOfPut(), await syncsOfPut(), await syncsOfPut()], [4, 3, 0]);
});
