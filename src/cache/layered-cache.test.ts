import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { cachedReads } from './cached-reads.ts';
import { memoryCache } from './drivers/memory/memory-cache.ts';
import { layeredCache } from './layered-cache.ts';

const roomy = { ttlMs: 60_000, maxBytes: 10_000_000 };

/** Two processes that tell each other, and what they share. */
function twoProcesses() {
  const fanOut = memoryFanOut();
  const far = memoryCache(roomy);
  const [nearA, nearB] = [memoryCache(roomy), memoryCache(roomy)];
  return {
    fanOut,
    far,
    nearA,
    nearB,
    a: layeredCache({ near: nearA, far, fanOut }),
    b: layeredCache({ near: nearB, far, fanOut }),
  };
}

test('what one process keeps, the others find, and then have near by', async () => {
  const { a, b, nearB, far } = twoProcesses();
  await a.set('key', Buffer.from('value'));
  assert.equal(String(await b.get('key')), 'value');
  far.clear();
  assert.equal(String(await nearB.get('key')), 'value');
  assert.equal(String(await b.get('key')), 'value');
});

test('what one process drops, all drop', async () => {
  const { a, b } = twoProcesses();
  for (const key of ['gone', 'kept']) {
    await a.set(key, Buffer.from(key));
    await b.get(key);
  }
  await a.drop(['gone']);
  for (const cache of [a, b]) {
    assert.equal(await cache.get('gone'), undefined);
    assert.equal(String(await cache.get('kept')), 'kept');
  }
});

test('who may have missed something forgets what is near by; keys of others mean nothing', async () => {
  const { fanOut, a, nearA } = twoProcesses();
  await a.set('asset:1', Buffer.from('value'));
  fanOut.tell('cache-dropped', ['asset:1']);
  assert.ok(await nearA.get('asset:1'));
  fanOut.tell('cache-dropped');
  assert.equal(await nearA.get('asset:1'), undefined);
  assert.equal(String(await a.get('asset:1')), 'value');
});

test('works where there is nothing far away', async () => {
  const cache = layeredCache({ near: memoryCache(roomy), far: undefined, fanOut: memoryFanOut() });
  await cache.set('key', Buffer.from('value'));
  assert.equal(String(await cache.get('key')), 'value');
  await cache.drop(['key']);
  assert.equal(await cache.get('key'), undefined);
});

test('small objects are read once; large, cut and damaged ones are not kept', async () => {
  const cache = memoryCache(roomy);
  const objects = new Map<string, Buffer>();
  let reads = 0;
  const store = cachedReads(
    {
      read: async (sha256, range) => {
        reads += 1;
        const bytes = objects.get(sha256) ?? Buffer.alloc(0);
        return Readable.from([range === undefined ? bytes : bytes.subarray(range.start, range.end + 1)]);
      },
    },
    cache,
  );
  const keep = (bytes: Buffer) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    objects.set(sha256, bytes);
    return sha256;
  };
  const readsOf = async (sha256: string, range?: { start: number; end: number }) => {
    reads = 0;
    return { bytes: await buffer(await store.read(sha256, range)), reads };
  };
  const bytes = randomBytes(1_000);
  const small = keep(bytes);
  const part = { start: 10, end: 19 };
  assert.deepEqual(await readsOf(small, part), { bytes: bytes.subarray(10, 20), reads: 1 });
  assert.deepEqual(await readsOf(small), { bytes, reads: 1 });
  assert.deepEqual(await readsOf(small), { bytes, reads: 0 });
  assert.deepEqual(await readsOf(small, part), { bytes: bytes.subarray(10, 20), reads: 0 });
  const large = keep(randomBytes(300_000));
  for (let time = 0; time < 2; time += 1) assert.equal((await readsOf(large)).reads, 1);
  const damaged = keep(randomBytes(1_000));
  objects.set(damaged, randomBytes(900));
  for (let time = 0; time < 2; time += 1) assert.equal((await readsOf(damaged)).reads, 1);
});
