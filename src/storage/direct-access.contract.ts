import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { reportContract } from '../../test/support/contracts.ts';
import type { DirectAccess } from './direct-access.ts';
import type { ObjectStore } from './object-store.ts';

export interface DirectAccessUnderTest {
  readonly store: ObjectStore & DirectAccess;
  readonly engine: string;
  /** Some servers for tests ask for no signature, and hold no file to what was signed. */
  readonly isStrict: boolean;
}

const minute = { expiresInSeconds: 60 };

/** What every store must do that clients reach by themselves: the client here is `fetch`. */
export function testDirectAccess(driver: string, make: () => Promise<DirectAccessUnderTest>): void {
  describe(`direct access: ${driver}`, () => {
    let subject: DirectAccessUnderTest;
    let store: ObjectStore & DirectAccess;
    before(async () => {
      subject = await make();
      store = subject.store;
    });
    after(async () => {
      reportContract('direct-access', driver, subject.engine);
      await store.close();
    });

    const send = (url: string, headers: Readonly<Record<string, string>>, body: Buffer) =>
      fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) });

    test('an object is read with the headers that were asked for, and without its signature not at all', async () => {
      const dir = await mkdtemp(join(tmpdir(), 'esteira-direct-'));
      const bytes = randomBytes(1_000);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await writeFile(join(dir, 'file'), bytes);
      await store.putFile(sha256, join(dir, 'file'));
      await rm(dir, { recursive: true });
      const disposition = `inline; filename="a b.webp"; filename*=UTF-8''%C3%BC.webp`;
      const url = await store.readUrl(sha256, {
        mediaType: 'image/webp',
        disposition,
        cacheControl: 'private, max-age=60',
        ...minute,
      });
      const answer = await fetch(url);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
      const names = ['content-type', 'content-disposition', 'cache-control'];
      assert.deepEqual(
        names.map((name) => answer.headers.get(name)),
        ['image/webp', disposition, 'private, max-age=60'],
      );
      const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
      assert.deepEqual([part.status, Buffer.from(await part.arrayBuffer())], [206, bytes.subarray(10, 20)]);
      if (!subject.isStrict) return;
      const bare = new URL(url);
      bare.search = '';
      assert.ok([400, 403].includes((await fetch(bare)).status));
      bare.search = new URL(url).search.replace(/X-Amz-Signature=..../, 'X-Amz-Signature=0000');
      assert.equal((await fetch(bare)).status, 403);
    });

    test('an address ends', async () => {
      const { url, headers } = await store.stagingUrl(randomUUID(), {
        sizeBytes: 4,
        mediaType: 'text/plain',
        expiresInSeconds: 1,
      });
      await sleep(2_100);
      assert.equal((await send(url, headers, Buffer.from('late'))).status, 403);
    });

    test('a file is left in front of the store, read, listed and taken away', async () => {
      const id = randomUUID();
      assert.equal(await store.openStaged(id), undefined);
      const bytes = randomBytes(300_000);
      const options = { sizeBytes: bytes.length, mediaType: 'image/png', ...minute };
      const { url, method, headers } = await store.stagingUrl(id, options);
      assert.equal(method, 'PUT');
      assert.equal((await send(url, headers, bytes)).status, 200);
      const staged = await store.openStaged(id);
      assert.equal(staged?.sizeBytes, bytes.length);
      assert.deepEqual(staged && (await buffer(staged.body)), bytes);
      const listed = await stagedIn(store);
      assert.deepEqual(listed, [[id, bytes.length]]);
      for await (const { sha256 } of store.list()) assert.notEqual(sha256, id, 'it is no object yet');
      await store.removeStaged(id);
      await store.removeStaged(id);
      assert.equal(await store.openStaged(id), undefined);
    });

    test('another type or length than was signed is refused', async () => {
      if (!subject.isStrict) return;
      const id = randomUUID();
      const { url, headers } = await store.stagingUrl(id, { sizeBytes: 5, mediaType: 'image/png', ...minute });
      assert.equal((await send(url, { ...headers, 'content-type': 'text/html' }, Buffer.from('bytes'))).status, 403);
      assert.equal((await send(url, headers, Buffer.from('more bytes'))).status, 403);
      assert.equal(await store.openStaged(id), undefined);
    });
  });
}

async function stagedIn(store: DirectAccess): Promise<[string, number][]> {
  const files: [string, number][] = [];
  for await (const { id, sizeBytes } of store.listStaged()) files.push([id, sizeBytes]);
  return files;
}
