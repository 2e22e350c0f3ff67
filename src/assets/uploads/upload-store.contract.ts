import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { ERRORS, Upload } from '@tus/server';
import { newId } from '#kernel/ids.ts';
import { mebibyte } from '#kernel/units.ts';
import { reportContract } from '../../../test/support/contracts.ts';
import type { UploadStore } from './upload-store.ts';

export interface UploadStoreUnderTest {
  /** As another process would open it. */
  open(): Promise<UploadStore>;
  readonly engine: string;
  /** Names of what is kept now. */
  list(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What every store of unfinished uploads must do, beyond what its library promises. */
export function testUploadStore(driver: string, make: () => Promise<UploadStoreUnderTest>): void {
  describe(`upload store contract: ${driver}`, () => {
    let subject: UploadStoreUnderTest;
    let store: UploadStore;
    let other: UploadStore;
    before(async () => {
      subject = await make();
      [store, other] = [await subject.open(), await subject.open()];
    });
    after(async () => {
      reportContract('upload-store', driver, subject.engine);
      await subject.close();
    });

    const write = (to: UploadStore, id: string, bytes: Buffer, offset: number) =>
      to.write(Readable.from([bytes]), id, offset);
    async function begin(size: number | undefined): Promise<string> {
      const id = newId();
      await store.create(new Upload({ id, offset: 0, ...(size !== undefined && { size }) }));
      return id;
    }

    test('pieces of any size, written by two processes by turns, make the whole', async () => {
      const bytes = randomBytes(6 * mebibyte + 17);
      const id = await begin(bytes.length);
      let offset = 0;
      for (const [at, sizeBytes] of [0, 1, 100_000, 5 * mebibyte, 3, bytes.length].entries()) {
        const [writer, reader] = at % 2 === 0 ? [store, other] : [other, store];
        assert.equal((await reader.getUpload(id)).offset, offset);
        offset = await write(writer, id, bytes.subarray(offset, offset + sizeBytes), offset);
      }
      const whole = await other.getUpload(id);
      assert.deepEqual([whole.id, whole.offset, whole.size], [id, bytes.length, bytes.length]);
      assert.ok((await buffer(await other.read(id))).equals(bytes));
      await store.discard(id);
      assert.deepEqual(await subject.list(), []);
    });

    test('a body that ends early leaves what it brought', async () => {
      const bytes = randomBytes(300_000);
      const id = await begin(bytes.length);
      assert.equal(await write(store, id, bytes.subarray(0, 123_456), 0), 123_456);
      assert.equal((await other.getUpload(id)).offset, 123_456);
      await write(other, id, bytes.subarray(123_456), 123_456);
      assert.ok((await buffer(await store.read(id))).equals(bytes));
      await store.discard(id);
    });

    test('the size may be said later, to another process', async () => {
      const id = await begin(undefined);
      await write(store, id, Buffer.from('abc'), 0);
      assert.equal((await store.getUpload(id)).sizeIsDeferred, true);
      await other.declareUploadLength(id, 6);
      assert.equal((await store.getUpload(id)).size, 6);
      assert.equal(await write(store, id, Buffer.from('def'), 3), 6);
      assert.equal(String(await buffer(await other.read(id))), 'abcdef');
      await other.discard(id);
      assert.deepEqual(await subject.list(), []);
    });

    test('what is not finished is removed whole, and what is not there needs no removing', async () => {
      const id = await begin(10);
      await write(store, id, Buffer.from('abc'), 0);
      await other.discard(id);
      await other.discard(id);
      assert.deepEqual(await subject.list(), []);
      await assert.rejects(store.getUpload(id), (error) => error === ERRORS.FILE_NOT_FOUND);
    });
  });
}
