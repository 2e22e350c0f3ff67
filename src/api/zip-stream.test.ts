import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { fromBufferPromise } from 'yauzl';
import { createWorld } from './stand-ins.ts';
import { type ZipEntry, zipStream } from './zip-stream.ts';

const { store, objects } = storeOf();
const madeAt = new Date('2026-11-21T12:34:56Z');

function entry(path: string, content: string): ZipEntry {
  const bytes = Buffer.from(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  objects.set(sha256, bytes);
  return { path, sha256, sizeBytes: bytes.length, madeAt };
}

function storeOf() {
  const world = createWorld();
  return { store: world.deps.store, objects: world.objects };
}

// The directory has 70 bytes for each: 936 files are the last below 64 KiB, where counting becomes difficult.
for (const count of [1, 2, 936, 937, 1_000, 3_000]) {
  test(`${count} files: as long as it says, and another reader finds each as it was`, async () => {
    const entries = Array.from({ length: count }, (_, n) =>
      entry(`ação ${String(n).padStart(4, '0')}.txt`, `${n}`.repeat(n % 50)),
    );
    const { bytes, sizeBytes } = zipStream(store, entries);
    const archive = await buffer(bytes);
    assert.equal(archive.length, sizeBytes);
    const zip = await fromBufferPromise(archive);
    let at = 0;
    for await (const found of zip.eachEntry()) {
      const expected = entries[at++];
      assert.equal(found.fileName, expected?.path);
      assert.equal(found.getLastModDate().getTime(), madeAt.getTime());
      const content = objects.get(expected?.sha256 ?? '') ?? Buffer.alloc(0);
      assert.equal(found.crc32, crc32(content));
      if (at % 100 === 0) assert.equal(await text(await zip.openReadStreamPromise(found)), String(content));
    }
    assert.equal(at, count);
  });
}

test('an object that is gone, or not as long as it should be, breaks the archive off', async () => {
  const good = entry('good.txt', 'good');
  for (const bad of [
    { ...good, path: 'gone.txt', sha256: '0'.repeat(64) },
    { ...good, path: 'short.txt', sizeBytes: 5 },
  ]) {
    const { bytes } = zipStream(store, [good, bad, good]);
    await assert.rejects(buffer(bytes));
  }
});

test('objects are opened one after the other, when their turn comes', async () => {
  let open = 0;
  let most = 0;
  let opened = 0;
  const content = Buffer.alloc(1 << 20, 'x');
  const counting = {
    ...store,
    read: async () => {
      opened++;
      most = Math.max(most, ++open);
      return Readable.from([content]).once('close', () => void open--);
    },
  };
  const entries = Array.from({ length: 20 }, (_, n) => ({ ...entry(`${n}.bin`, 'x'), sizeBytes: content.length }));
  const { bytes } = zipStream(counting, entries);
  await once(bytes, 'readable');
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  assert.equal(opened, 1, 'nobody reads on');
  for await (const chunk of bytes) assert.ok(chunk.length > 0);
  assert.deepEqual([opened, most], [20, 1]);
});
