import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { OpenDatabase } from '#database/database.ts';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { mebibyte } from '#kernel/units.ts';
import { openLocalObjectStore } from '#storage/drivers/local/local-object-store.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { hostileFiles, hostileNames } from '../../test/support/corpus.ts';
import { hostileSounds } from '../../test/support/hostile-sounds.ts';
import { isCode } from '../../test/support/is-code.ts';
import { blackPng } from '../../test/support/media-builders.ts';
import type { Assets } from './asset.ts';
import { createAssets } from './asset-service.ts';

const actor: Actor = { tenantId: localTenantId, userId: localUserId };
const stranger: Actor = { tenantId: newId(), userId: newId() };
const limits = { maxUploadBytes: 60 * mebibyte, maxPixels: 100_000_000, maxFrames: 1000, maxDurationSeconds: 14_400 };

let dir: string;
let scratchDir: string;
let opened: OpenDatabase;
let store: ObjectStore;
let assets: Assets;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-assets-'));
  scratchDir = join(dir, 'scratch');
  await mkdir(scratchDir);
  opened = await openPGliteDatabase({ dir: join(dir, 'database') });
  store = await openLocalObjectStore({ dir: join(dir, 'objects') });
  assets = createAssets({ tenantDb: opened.tenantDb, store, scratchDir, limits });
});
after(async () => {
  await opened.close();
  await store.close();
  await rm(dir, { recursive: true });
});

const receive = (bytes: Buffer, name: string | null = null) => assets.receive(actor, Readable.from([bytes]), name);

async function objects(): Promise<number> {
  let count = 0;
  for await (const _object of store.list()) count += 1;
  return count;
}

test('an upload is kept whole, described and found again', async () => {
  const bytes = blackPng(12, 34);
  const asset = await receive(bytes, 'foto.png');
  const { id, createdAt, ...facts } = asset;
  assert.deepEqual(facts, {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    mediaType: 'image/png',
    sizeBytes: bytes.length,
    widthPx: 12,
    heightPx: 34,
    frames: 1,
    name: 'foto.png',
  });
  assert.ok(createdAt instanceof Date);
  assert.deepEqual(await assets.get(actor, id), asset);
  assert.deepEqual(await buffer(await store.read(asset.sha256)), bytes);
  assert.deepEqual(await readdir(scratchDir), []);
});

test('the same bytes twice are two assets and one object', async () => {
  const bytes = blackPng(2, 3);
  const first = await receive(bytes);
  const before = await objects();
  const second = await receive(bytes);
  assert.notEqual(first.id, second.id);
  assert.equal(await objects(), before);
});

test('another tenant sees nothing of it', async () => {
  const { id } = await receive(blackPng(1, 1));
  await assert.rejects(assets.get(stranger, id), isCode('ASSET_NOT_FOUND'));
  await assert.rejects(assets.remove(stranger, id), isCode('ASSET_NOT_FOUND'));
  assert.deepEqual(await assets.list(stranger, { limit: 10 }), { items: [], nextCursor: null });
  assert.equal((await assets.get(actor, id)).id, id);
});

test('what is removed is gone, its bytes are not', async () => {
  const { id, sha256 } = await receive(blackPng(1, 2));
  await assets.remove(actor, id);
  await assert.rejects(assets.get(actor, id), isCode('ASSET_NOT_FOUND'));
  await assert.rejects(assets.remove(actor, id), isCode('ASSET_NOT_FOUND'));
  assert.notEqual(await store.sizeOf(sha256), undefined);
});

test('what is not an id is not found', async () => {
  for (const id of ['', 'x', "' or 1=1 --", newId().toUpperCase()]) {
    await assert.rejects(assets.get(actor, id), isCode('ASSET_NOT_FOUND'));
    await assert.rejects(assets.remove(actor, id), isCode('ASSET_NOT_FOUND'));
  }
});

test('pages lead through all assets, newest first, each once', async () => {
  for (let count = 0; count < 5; count += 1) await receive(blackPng(1, 1));
  const { items: all } = await assets.list(actor, { limit: 100 });
  assert.ok(all.length >= 5);
  const seen: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await assets.list(actor, { limit: 2, ...(cursor !== undefined && { cursor }) });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  assert.deepEqual(
    seen,
    all.map(({ id }) => id),
  );
  assert.deepEqual(seen, seen.toSorted().reverse());
  await assert.rejects(assets.list(actor, { cursor: 'x', limit: 2 }), isCode('INVALID_PARAMETERS'));
});

test('a row that cannot be written leaves no asset and no scratch file', async () => {
  const { items: before } = await assets.list(actor, { limit: 100 });
  // A tenant that does not exist breaks the foreign key.
  await assert.rejects(assets.receive(stranger, Readable.from([blackPng(9, 9)]), null));
  assert.deepEqual((await assets.list(actor, { limit: 100 })).items, before);
  assert.deepEqual(await readdir(scratchDir), []);
});

describe('hostile files', () => {
  for (const { row, title, fileName, expected, open } of [...hostileFiles, ...hostileSounds]) {
    const answer = 'code' in expected ? expected.code : 'accepted';
    test(`${row}: ${title}: ${answer}`, async () => {
      const before = await objects();
      const startedAt = process.cpuUsage();
      const body = await open();
      const received = await assets.receive(actor, body, fileName).catch((error: unknown) => error);
      // Of the processor's time: the machine may be busy with other tests.
      assert.ok(process.cpuUsage(startedAt).user < 2_000_000);
      if ('code' in expected) {
        assert.ok(received instanceof AppError, String(received));
        assert.deepEqual([received.code, received.status], [expected.code, expected.status], received.detail);
        assert.doesNotMatch(received.detail + JSON.stringify(received.extensions), /\/tmp|esteira-assets/);
        assert.equal(await objects(), before);
      } else {
        assert.ok(!(received instanceof Error), String(received));
      }
      assert.deepEqual(await readdir(scratchDir), []);
      body.destroy();
    });
  }

  test('what a text is taken for is said', async () => {
    await assert.rejects(
      receive(Buffer.from('just words')),
      (error) => error instanceof AppError && /a text file.*JPEG, PNG, WebP, GIF, TIFF, AVIF/.test(error.detail),
    );
  });
});

describe('hostile names', () => {
  for (const { row, name } of hostileNames) {
    test(`${row}: ${JSON.stringify(name.slice(0, 40))} goes nowhere but into the row`, async () => {
      const treeBefore = (await readdir(dir)).toSorted();
      const asset = await receive(blackPng(4, 4), name);
      assert.doesNotMatch(asset.name ?? '', /[\p{Cc}\p{Bidi_Control}/\\]/u);
      assert.ok((asset.name ?? '').length <= 255);
      assert.deepEqual((await readdir(dir)).toSorted(), treeBefore);
    });
  }

  test('a name composed and decomposed is the same name', async () => {
    const [composed, decomposed] = hostileNames.filter(({ row }) => row === 53);
    const names = [composed, decomposed].map(async (twin) => (await receive(blackPng(4, 4), twin?.name ?? null)).name);
    const [first, second] = await Promise.all(names);
    assert.equal(first, second);
  });
});
