import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ErrorCode } from '#kernel/errors.ts';
import { AppError } from '#kernel/errors.ts';
import { reportContract } from '../../test/support/contracts.ts';
import type { ObjectStore } from './object-store.ts';

export interface ObjectStoreUnderTest {
  readonly store: ObjectStore;
  /** What is behind the driver, with its version, for the report. */
  readonly engine: string;
  /** How another process opens the same store: `(await import(moduleUrl))[exportName](options)`; options are JSON. */
  readonly opener: { readonly moduleUrl: string; readonly exportName: string; readonly options: unknown };
  /** How often puts and collections run against each other: far stores take long for each. */
  readonly races: number;
  /** Of the largest object: slow servers for tests take long for it. */
  readonly megabytes: number;
  /** Lets the store believe that the object was put `ageMs` ago. */
  makeOlder(sha256: string, ageMs: number): Promise<void>;
  cleanUp(): Promise<void>;
}

const hourMs = 3_600_000;
const missing = '0'.repeat(64);

/** What every object store must do. `make` opens an empty one. */
export function testObjectStore(driver: string, make: () => Promise<ObjectStoreUnderTest>): void {
  describe(`object store: ${driver}`, () => {
    let subject: ObjectStoreUnderTest;
    let store: ObjectStore;
    let scratchDir: string;
    let files = 0;

    before(async () => {
      subject = await make();
      store = subject.store;
      scratchDir = await mkdtemp(join(tmpdir(), 'esteira-store-'));
    });
    after(async () => {
      reportContract('object-store', driver, subject.engine);
      await store.close();
      await subject.cleanUp();
      await rm(scratchDir, { recursive: true });
    });

    async function fileOf(bytes: Uint8Array): Promise<string> {
      files += 1;
      const path = join(scratchDir, `file-${files}`);
      await writeFile(path, bytes);
      return path;
    }

    async function put(bytes: Uint8Array): Promise<string> {
      const sha256 = sha256Of(bytes);
      await store.putFile(sha256, await fileOf(bytes));
      return sha256;
    }

    async function bytesOf(sha256: string): Promise<Buffer> {
      return await buffer(await store.read(sha256));
    }

    test('gives back the bytes, their number and a file of them', async () => {
      const bytes = randomBytes(200_000);
      const sha256 = await put(bytes);
      assert.deepEqual(await bytesOf(sha256), bytes);
      assert.equal(await store.sizeOf(sha256), bytes.length);
      const file = await store.checkout(sha256, scratchDir);
      assert.deepEqual(await readFile(file.path), bytes);
      await file.release();
      assert.deepEqual(await bytesOf(sha256), bytes);
    });

    test('a second put of the same bytes changes nothing', async () => {
      const bytes = randomBytes(1000);
      const sha256 = await put(bytes);
      assert.equal(await put(bytes), sha256);
      assert.deepEqual(await bytesOf(sha256), bytes);
      let copies = 0;
      for await (const object of store.list()) copies += object.sha256 === sha256 ? 1 : 0;
      assert.equal(copies, 1);
    });

    test('takes the incoming file away, also when the object was there', async () => {
      for (const bytes of [Buffer.from('taken'), Buffer.from('taken')]) {
        const path = await fileOf(bytes);
        await store.putFile(sha256Of(bytes), path);
        await assert.rejects(readFile(path), { code: 'ENOENT' });
      }
    });

    test('keeps an empty object', async () => {
      const sha256 = await put(Buffer.alloc(0));
      assert.equal(await store.sizeOf(sha256), 0);
      assert.equal((await bytesOf(sha256)).length, 0);
      await assert.rejects(store.read(sha256, { start: 0, end: 0 }), hasCode('RANGE_NOT_SATISFIABLE'));
    });

    test('reads ranges with both ends included', async () => {
      const bytes = randomBytes(100_000);
      const sha256 = await put(bytes);
      for (const [start, end] of [
        [0, 0],
        [0, 99_999],
        [99_999, 99_999],
        [65_535, 65_536],
        [10, 5_000_000],
      ] as const) {
        const part = await buffer(await store.read(sha256, { start, end }));
        assert.deepEqual(part, bytes.subarray(start, end + 1), `${start}-${end}`);
      }
      for (const [start, end] of [
        [100_000, 100_000],
        [5, 4],
        [-1, 4],
        [0.5, 4],
        [0, Number.NaN],
      ] as const) {
        await assert.rejects(store.read(sha256, { start, end }), hasCode('RANGE_NOT_SATISFIABLE'), `${start}-${end}`);
      }
    });

    test('says so when there is no such object', async () => {
      assert.equal(await store.sizeOf(missing), undefined);
      await assert.rejects(store.read(missing), hasCode('OBJECT_NOT_FOUND'));
      await assert.rejects(store.read(missing, { start: 0, end: 1 }), hasCode('OBJECT_NOT_FOUND'));
      await assert.rejects(store.checkout(missing, scratchDir), hasCode('OBJECT_NOT_FOUND'));
      assert.equal(await store.deleteIfOlder(missing, 0), true);
    });

    test('takes nothing but a hash for a name', async () => {
      for (const name of ['', '../../etc/passwd', missing.slice(1), `${missing}0`, 'A'.repeat(64), `${missing}\n`]) {
        const path = await fileOf(Buffer.from('x'));
        await assert.rejects(store.putFile(name, path), TypeError);
        await assert.rejects(store.read(name), TypeError);
        await assert.rejects(store.sizeOf(name), TypeError);
        await assert.rejects(store.checkout(name, scratchDir), TypeError);
        await assert.rejects(store.deleteIfOlder(name, 0), TypeError);
      }
    });

    test('fifty puts of the same object at once are one object', async () => {
      const bytes = randomBytes(50_000);
      await Promise.all(Array.from({ length: 50 }, () => put(bytes)));
      assert.deepEqual(await bytesOf(sha256Of(bytes)), bytes);
    });

    test('lists every object with its size and age', async () => {
      const startedAtMs = Date.now();
      const sizes = new Map<string, number>();
      for (let size = 1; size <= 20; size += 1) sizes.set(await put(randomBytes(size)), size);
      const listed = new Map<string, number>();
      for await (const object of store.list()) {
        assert.ok(!listed.has(object.sha256), 'listed twice');
        listed.set(object.sha256, object.sizeBytes);
        // Stores count in whole seconds at worst.
        if (sizes.has(object.sha256)) assert.ok(object.modifiedAtMs >= startedAtMs - 1000);
      }
      for (const [sha256, size] of sizes) assert.equal(listed.get(sha256), size);
    });

    test('deletes what is older and only that', async () => {
      const sha256 = await put(randomBytes(100));
      assert.equal(await store.deleteIfOlder(sha256, hourMs), false);
      await subject.makeOlder(sha256, 2 * hourMs);
      assert.equal(await store.deleteIfOlder(sha256, 3 * hourMs), false);
      assert.equal(await store.sizeOf(sha256), 100);
      assert.equal(await store.deleteIfOlder(sha256, hourMs), true);
      assert.equal(await store.sizeOf(sha256), undefined);
    });

    test('a put starts the age again', async () => {
      const bytes = randomBytes(100);
      const sha256 = await put(bytes);
      await subject.makeOlder(sha256, 2 * hourMs);
      await put(bytes);
      assert.equal(await store.deleteIfOlder(sha256, hourMs), false);
    });

    test('an object just put is never deleted, however often collection comes by', async () => {
      for (let round = 0; round < subject.races; round += 1) {
        const bytes = Buffer.from(`raced ${round}`);
        const sha256 = await put(bytes);
        await subject.makeOlder(sha256, 2 * hourMs);
        const puts = Promise.all([put(bytes), put(bytes)]);
        const collections = Promise.all(Array.from({ length: 8 }, () => store.deleteIfOlder(sha256, hourMs)));
        await puts;
        assert.deepEqual(await bytesOf(sha256), bytes, `round ${round}, while collecting`);
        await collections;
        assert.deepEqual(await bytesOf(sha256), bytes, `round ${round}, after collecting`);
      }
    });

    test('a process killed while it puts leaves whole objects only', async () => {
      const { moduleUrl, exportName, options } = subject.opener;
      const writer = fileURLToPath(new URL('../../test/support/object-store-writer.ts', import.meta.url));
      for (const putsBeforeKill of [1, 7, 20]) {
        const args = [writer, moduleUrl, exportName, JSON.stringify(options), scratchDir];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        const exited = once(child, 'exit');
        let puts = 0;
        for await (const _line of createInterface({ input: child.stdout })) {
          puts += 1;
          if (puts === putsBeforeKill) child.kill('SIGKILL');
        }
        assert.deepEqual(await exited, [null, 'SIGKILL']);
      }
      let count = 0;
      for await (const { sha256, sizeBytes } of store.list()) {
        const bytes = await bytesOf(sha256);
        assert.equal(sha256Of(bytes), sha256);
        assert.equal(bytes.length, sizeBytes);
        count += 1;
      }
      assert.ok(count >= 28);
    });

    test('streams a large object in little memory', async () => {
      const block = randomBytes(1_000_000);
      const hash = createHash('sha256');
      const path = join(scratchDir, 'large');
      const blocks = Array.from({ length: subject.megabytes }, () => block);
      for (const each of blocks) hash.update(each);
      await pipeline(Readable.from(blocks), createWriteStream(path));
      const sha256 = hash.digest('hex');
      await store.putFile(sha256, path);

      const before = process.memoryUsage().rss;
      let peak = before;
      const check = createHash('sha256');
      for await (const chunk of await store.read(sha256)) {
        check.update(chunk as Buffer);
        peak = Math.max(peak, process.memoryUsage.rss());
      }
      assert.equal(check.digest('hex'), sha256);
      assert.ok(peak - before < Math.max(60, subject.megabytes / 2) * 1_000_000, `grew by ${peak - before} bytes`);
    });

    test('stops reading ahead when nobody takes the bytes', async () => {
      const sha256 = await put(Buffer.alloc(5_000_000, 1));
      const stream = await store.read(sha256);
      await once(stream, 'readable');
      assert.ok(stream.readableLength < 1_000_000, `${stream.readableLength} bytes waiting`);
      stream.destroy();
      await once(stream, 'close');
    });
  });
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === code;
}
