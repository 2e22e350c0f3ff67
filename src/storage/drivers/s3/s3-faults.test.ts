import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { type FaultProxy, openFaultProxy, type RequestHead, sometimes } from '../../../../test/support/fault-proxy.ts';
import { measured } from '../../../../test/support/fault-report.ts';
import { type S3Server, s3Server } from '../../../../test/support/s3/s3-servers.ts';
import { until } from '../../../../test/support/until.ts';
import type { ObjectStore } from '../../object-store.ts';
import { openS3ObjectStore } from './s3-object-store.ts';
import { type S3Times, usualTimes } from './s3-settings.ts';

/** A tenth of the usual: the proportions are the same. */
const times: S3Times = { connectMs: 400, idleMs: 800, callMs: 2_000, restMs: 500 };
const tenth = 10;

const slowDown = {
  status: 503,
  body: '<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>',
};

let server: S3Server;
let proxy: FaultProxy;
let dir: string;
const prefix = `${randomUUID()}/`;

before(async () => {
  server = await s3Server('s3rver');
  const { hostname, port } = new URL(server.settings.endpoint);
  proxy = await openFaultProxy({ host: hostname, port: Number(port) });
  dir = await mkdtemp(join(tmpdir(), 'esteira-s3-faults-'));
});
after(async () => {
  await proxy.close();
  await rm(dir, { recursive: true });
});
beforeEach(() => {
  proxy.answer(undefined);
  proxy.resume();
});

async function openStore(own: Partial<S3Times> = times): Promise<ObjectStore & AsyncDisposable> {
  const endpoint = `http://127.0.0.1:${proxy.port}`;
  const store = await openS3ObjectStore({ ...server.settings, endpoint, prefix, times: own });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

async function put(store: ObjectStore, bytes: Buffer): Promise<string> {
  const path = join(dir, randomUUID());
  await writeFile(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await store.putFile(sha256, path);
  return sha256;
}

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;

describe('F17: the store answers every fifth request with an error', () => {
  test('nearly everything succeeds, and what succeeds is right', async () => {
    await using store = await openStore(usualTimes);
    proxy.answer(sometimes(0.2, slowDown, 17));
    let succeeded = 0;
    const objects = 100;
    const one = async (): Promise<void> => {
      const bytes = randomBytes(2_000);
      const sha256 = await put(store, bytes);
      assert.deepEqual(await buffer(await store.read(sha256)), bytes);
      assert.equal(await store.sizeOf(sha256), bytes.length);
      succeeded += 1;
    };
    await Promise.allSettled(Array.from({ length: objects }, one));
    const fault = 'every fifth answer of the store is 503';
    measured({ row: 'F17', fault, measured: (100 * succeeded) / objects, unit: '%', threshold: { atLeast: 99.9 } });
  });

  test('a large file whose parts fail now and then is whole, and nothing of them stays when they fail for good', async () => {
    await using store = await openStore(usualTimes);
    const bytes = randomBytes(12_000_000);
    proxy.answer(sometimes(0.3, slowDown, 3));
    const sha256 = await put(store, bytes);
    assert.deepEqual(await buffer(await store.read(sha256)), bytes);

    const requests: RequestHead[] = [];
    proxy.answer((request) => {
      requests.push(request);
      return request.path.includes('partNumber=2') ? { status: 403, body: '<Error><Code>No</Code></Error>' } : 'pass';
    });
    const other = randomBytes(12_000_000);
    await assert.rejects(put(store, other), hasCode('STORAGE_UNAVAILABLE'));
    assert.equal(await store.sizeOf(createHash('sha256').update(other).digest('hex')), undefined);
    assert.ok(requests.some(({ method, path }) => method === 'DELETE' && path.includes('uploadId=')));
  });
});

describe('F18: the store is a black hole', () => {
  test('nobody waits longer than half a minute, then nobody waits at all, and it is found when it is back', async () => {
    await using store = await openStore();
    const sha256 = await put(store, randomBytes(1_000));
    proxy.pause();
    const startedAt = performance.now();
    const calls = [() => store.sizeOf(sha256), () => store.read(sha256), () => put(store, randomBytes(9))];
    const waits = Array.from({ length: 12 }, async (_, at) => {
      await assert.rejects(calls[at % 3]?.() ?? Promise.resolve(), hasCode('STORAGE_UNAVAILABLE'));
      return performance.now() - startedAt;
    });
    const longest = (Math.max(...(await Promise.all(waits))) / 1_000) * tenth;
    const fault = 'the store is a black hole: the longest that a call waits';
    measured({ row: 'F18', fault, measured: longest, unit: 's', threshold: { atMost: 30 } });

    const { passedBytes } = proxy;
    await assert.rejects(store.sizeOf(sha256), /left alone/);
    assert.equal(proxy.passedBytes, passedBytes, 'and it was left alone');
    proxy.resume();
    await until(async () => assert.equal(await store.sizeOf(sha256), 1_000));
  });

  test('a body that stands still is taken up again where it stopped; when that fails, it is given up', async () => {
    await using store = await openStore();
    const bytes = randomBytes(4_000_000);
    const sha256 = await put(store, bytes);
    let asked = 0;
    proxy.answer(({ method }) => {
      if (method === 'GET') asked += 1;
      return 'pass';
    });
    const stream = await store.read(sha256);
    proxy.pause();
    const whole = buffer(stream);
    await until(() => assert.ok(asked >= 1));
    setTimeout(() => proxy.resume(), times.idleMs * 1.5);
    assert.deepEqual(await whole, bytes);

    const stuck = await store.read(sha256);
    proxy.pause();
    const startedAt = performance.now();
    await assert.rejects(buffer(stuck), hasCode('STORAGE_UNAVAILABLE'));
    const waited = ((performance.now() - startedAt) / 1_000) * tenth;
    const fault = 'the store falls silent within a body: until its reader is told';
    measured({ row: 'F18', fault, measured: waited, unit: 's', threshold: { atMost: 30 } });
  });

  test('the usual times are within half a minute', () => {
    assert.ok(usualTimes.idleMs + usualTimes.callMs < 30_000);
    for (const name of ['connectMs', 'idleMs', 'callMs'] as const)
      assert.equal(times[name] * tenth >= usualTimes[name], true);
  });
});

describe('F19: answers that are cut short or changed', () => {
  test('what is read is right, or an error', async () => {
    await using store = await openStore();
    const bytes = randomBytes(600_000);
    const sha256 = await put(store, bytes);
    let wrong = 0;
    let right = 0;
    for (let round = 0; round < 30; round++) {
      const at = (round * 104_729) % 600_000;
      const fault = round % 2 === 0 ? { cutAfterBytes: at } : { changeByteAt: at };
      let faults = 1 + (round % 3);
      proxy.answer(({ method }) => (method === 'GET' && faults-- > 0 ? fault : 'pass'));
      const read = await store.read(sha256).then(buffer).catch(hasCode('OBJECT_CORRUPT'));
      if (read === true) continue;
      if (Buffer.isBuffer(read) && read.equals(bytes)) right += 1;
      else wrong += 1;
    }
    assert.ok(right >= 15, `${right} were right`);
    const fault = 'the store answers 200 with a body that is cut short or changed';
    measured({ row: 'F19', fault, measured: wrong, unit: 'wrong results', threshold: { atMost: 0 } });
  });

  test('nobody gets the whole of a wrong object', async () => {
    await using store = await openStore();
    const bytes = randomBytes(200_000);
    const sha256 = await put(store, bytes);
    proxy.answer(({ method }) => (method === 'GET' ? { changeByteAt: 100 } : 'pass'));
    let received = 0;
    const stream = await store.read(sha256);
    stream.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    const [error] = await new Promise<[unknown]>((resolve) =>
      stream.once('error', (...args) => resolve(args as [unknown])),
    );
    assert.ok(hasCode('OBJECT_CORRUPT')(error));
    assert.ok(received < bytes.length, 'whoever counts sees that it ended early');
  });

  test('a file for a processor is fetched once more, and is right or is not there', async () => {
    await using store = await openStore();
    const bytes = randomBytes(300_000);
    const sha256 = await put(store, bytes);
    const scratch = await mkdtemp(join(dir, 'scratch-'));
    let faults = 1;
    proxy.answer(({ method }) => (method === 'GET' && faults-- > 0 ? { changeByteAt: 5 } : 'pass'));
    const { path, release } = await store.checkout(sha256, scratch);
    assert.deepEqual(await readFile(path), bytes);
    await release();
    faults = 2;
    await assert.rejects(store.checkout(sha256, scratch), hasCode('OBJECT_CORRUPT'));
    assert.deepEqual(await readdir(scratch), []);
  });

  test('a list is whole, or an error', async () => {
    await using store = await openStore();
    const known = new Set<string>();
    for (let at = 0; at < 10; at++) known.add(await put(store, randomBytes(10)));
    for (const cutAfterBytes of [50, 400, 1_000, 2_000]) {
      let faults = 1;
      proxy.answer(({ path }) => (path.includes('list-type') && faults-- > 0 ? { cutAfterBytes } : 'pass'));
      const listed = new Set<string>();
      try {
        for await (const object of store.list()) listed.add(object.sha256);
      } catch (error) {
        assert.ok(hasCode('STORAGE_UNAVAILABLE')(error));
        continue;
      }
      for (const sha256 of known) assert.ok(listed.has(sha256));
    }
  });
});

describe('at the start', () => {
  const open = (settings: Partial<Parameters<typeof openS3ObjectStore>[0]>) =>
    openS3ObjectStore({ ...server.settings, prefix, times, ...settings });

  test('a bucket that is not there, and a key that is refused, are said with what to do', async () => {
    await assert.rejects(open({ bucket: 'nobodys' }), (error: AppError) => {
      assert.equal(error.code, 'CONFIG_INVALID');
      assert.match(error.detail, /nobodys.*NoSuchBucket.*Make the bucket/s);
      return true;
    });
    const strict = await s3Server('swift');
    const secretAccessKey = 'hidden';
    const credentials = { ...strict.settings.credentials, secretAccessKey };
    await assert.rejects(open({ ...strict.settings, credentials }), (error: AppError) => {
      assert.equal(error.code, 'CONFIG_INVALID');
      assert.match(error.detail, /SignatureDoesNotMatch.*S3_SECRET_ACCESS_KEY/s);
      assert.ok(!error.detail.includes(secretAccessKey));
      return true;
    });
  });

  test('a store that is not there is STORAGE_UNAVAILABLE', async () => {
    proxy.refuse();
    await assert.rejects(open({ endpoint: `http://127.0.0.1:${proxy.port}` }), hasCode('STORAGE_UNAVAILABLE'));
  });
});
