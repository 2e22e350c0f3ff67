import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { OpenDatabase } from '#database/database.ts';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { memoryLocks } from '#locks/drivers/memory/memory-locks.ts';
import { openLocalObjectStore } from '#storage/drivers/local/local-object-store.ts';
import { blackPng } from '../../../test/support/media-builders.ts';
import type { Assets } from '../asset.ts';
import { createAssets } from '../asset-service.ts';
import { openLocalUploadStore } from '../drivers/local/local-upload-store.ts';
import type { PartialUploads } from './upload.ts';
import { uploadIndex } from './upload-index.ts';
import { createUploads } from './upload-service.ts';

const actor = { tenantId: localTenantId, userId: localUserId };
const stranger = { tenantId: newId(), userId: newId() };
const maxUploadBytes = 100_000;
const bytes = blackPng(7, 9);

let dir: string;
let opened: OpenDatabase;
let assets: Assets;
let uploads: PartialUploads;
/** What the next `receive` fails with, before or after it has written its row. */
let fault: { readonly when: 'before' | 'after'; readonly error: Error } | undefined;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-partial-'));
  const scratchDir = join(dir, 'scratch');
  await mkdir(scratchDir);
  opened = await openPGliteDatabase({ dir: join(dir, 'database') });
  const objects = await openLocalObjectStore({ dir: join(dir, 'objects') });
  const limits = { maxUploadBytes, maxPixels: 1_000, maxFrames: 10, maxDurationSeconds: 14_400 };
  const real = createAssets({ tenantDb: opened.tenantDb, store: objects, scratchDir, limits });
  assets = {
    ...real,
    async receive(...sent) {
      const { when, error } = fault ?? {};
      fault = undefined;
      if (when === 'before') throw error;
      const asset = await real.receive(...sent);
      if (when === 'after') throw error;
      return asset;
    },
  };
  uploads = createUploads({
    tenantDb: opened.tenantDb,
    index: uploadIndex(opened.db),
    assets,
    store: await openLocalUploadStore(join(dir, 'tus')),
    locks: memoryLocks(memoryFanOut()),
    scratchDir,
    maxUploadBytes,
    ttlMs: 60_000,
    log: pino({ level: 'silent' }),
  });
});
after(async () => {
  await opened.close();
  await rm(dir, { recursive: true });
});

const plain = { name: 'a.png', metadata: null };
const piece = (part: Buffer) => ({ body: Readable.from([part]), lengthBytes: part.length });
const kept = () => readdir(join(dir, 'tus'));
const countAssets = async () => (await assets.list(actor, { limit: 100 })).items.length;
const setRow = (id: string, values: { expires_at: ReturnType<typeof sql<Date>> }) =>
  opened.db.updateTable('uploads').set(values).where('id', '=', id).execute();

test('an upload is of its tenant alone', async () => {
  const { id } = await uploads.begin(actor, { ...plain, sizeBytes: bytes.length });
  const asked = [
    () => uploads.get(stranger, id),
    () => uploads.append(stranger, id, 0, piece(bytes)),
    () => uploads.remove(stranger, id),
  ];
  for (const ask of asked) await assert.rejects(ask(), { code: 'UPLOAD_NOT_FOUND' });
  assert.equal((await uploads.get(actor, id)).offset, 0);
  await uploads.remove(actor, id);
  assert.deepEqual(await kept(), []);
});

for (const when of ['before', 'after'] as const) {
  test(`who dies ${when} the asset is written leaves an upload that the next question finishes, once`, async () => {
    const before = await countAssets();
    const { id } = await uploads.begin(actor, { ...plain, sizeBytes: bytes.length });
    fault = { when, error: new Error('the process dies') };
    await assert.rejects(uploads.append(actor, id, 0, piece(bytes)), /dies/);
    const [one, two] = await Promise.all([
      uploads.get(actor, id),
      uploads.append(actor, id, bytes.length, piece(Buffer.alloc(0))),
    ]);
    assert.deepEqual([one.assetId, two.assetId, one.offset], [id, id, bytes.length]);
    assert.equal((await uploads.get(actor, id)).assetId, id);
    assert.equal(await countAssets(), before + 1);
    assert.equal((await assets.get(actor, id)).name, 'a.png');
    assert.deepEqual(await kept(), []);
  });
}

test('a full disk is no reason to refuse a file', async () => {
  const { id } = await uploads.begin(actor, { ...plain, sizeBytes: bytes.length });
  fault = { when: 'before', error: new AppError('STORAGE_FULL', 'full') };
  await assert.rejects(uploads.append(actor, id, 0, piece(bytes)), { code: 'STORAGE_FULL' });
  assert.equal((await uploads.get(actor, id)).assetId, id);
});

test('a file that is refused is removed, and the reason stays', async () => {
  const large = blackPng(100, 100);
  const { id } = await uploads.begin(actor, { ...plain, sizeBytes: large.length });
  await assert.rejects(uploads.append(actor, id, 0, piece(large)), { code: 'PIXEL_LIMIT', message: /100 × 100/ });
  await assert.rejects(uploads.get(actor, id), { code: 'PIXEL_LIMIT', message: /100 × 100/ });
  assert.deepEqual(await kept(), []);
});

test('what is not finished in time is gone, and forgotten a day later', async () => {
  const { id } = await uploads.begin(actor, { ...plain, sizeBytes: bytes.length });
  await uploads.append(actor, id, 0, piece(bytes.subarray(0, 10)));
  assert.equal(await uploads.collect(), 0);
  await setRow(id, { expires_at: sql<Date>`now() - interval '1 second'` });
  await assert.rejects(uploads.get(actor, id), { code: 'UPLOAD_EXPIRED' });
  await assert.rejects(uploads.append(actor, id, 10, piece(bytes.subarray(10))), { code: 'UPLOAD_EXPIRED' });
  assert.equal(await uploads.collect(), 1);
  assert.deepEqual(await kept(), []);
  await assert.rejects(uploads.get(actor, id), { code: 'UPLOAD_EXPIRED' });
  assert.equal(await uploads.collect(), 0);
  await setRow(id, { expires_at: sql<Date>`now() - interval '25 hours'` });
  assert.equal(await uploads.collect(), 1);
  await assert.rejects(uploads.get(actor, id), { code: 'UPLOAD_NOT_FOUND' });
});

test('a finished upload outlives its time', async () => {
  const { id } = await uploads.begin(actor, { ...plain, sizeBytes: bytes.length, piece: piece(bytes) });
  await setRow(id, { expires_at: sql<Date>`now() - interval '1 hour'` });
  assert.equal(await uploads.collect(), 0);
  assert.equal((await uploads.get(actor, id)).assetId, id);
});

test('a tenant may not begin without end', async () => {
  await sql`
    insert into uploads (id, tenant_id, owner_id, expires_at)
    select gen_random_uuid(), ${localTenantId}, ${localUserId}, now() + interval '1 hour' from generate_series(1, 1000)
  `.execute(opened.db);
  await assert.rejects(uploads.begin(actor, { ...plain, sizeBytes: 1 }), { code: 'TOO_MANY_UPLOADS' });
});
