import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { OpenDatabase } from '#database/database.ts';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import type { ErrorCode } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import type { DirectAccess } from '#storage/direct-access.ts';
import { openS3ObjectStore } from '#storage/drivers/s3/s3-object-store.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { isCode } from '../../../test/support/is-code.ts';
import { blackPng } from '../../../test/support/media-builders.ts';
import { s3Server } from '../../../test/support/s3/s3-servers.ts';
import { createAssets } from '../asset-service.ts';
import { collectStaged } from './collect-staged.ts';
import type { DirectUploads } from './direct-upload.ts';
import { createDirectUploads } from './direct-uploads.ts';

const actor = { tenantId: localTenantId, userId: localUserId };
const stranger = { tenantId: newId(), userId: newId() };
const maxUploadBytes = 100_000;
const picture = blackPng(7, 9);

let dir: string;
let opened: OpenDatabase;
let store: ObjectStore & DirectAccess;
let uploads: DirectUploads;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-direct-'));
  const scratchDir = join(dir, 'scratch');
  await mkdir(scratchDir);
  opened = await openPGliteDatabase({ dir: join(dir, 'database') });
  const { settings } = await s3Server('s3rver');
  store = await openS3ObjectStore({ ...settings, prefix: `${randomUUID()}/` });
  const assets = createAssets({
    tenantDb: opened.tenantDb,
    store,
    scratchDir,
    limits: { maxUploadBytes, maxPixels: 1_000, maxFrames: 10, maxDurationSeconds: 14_400 },
  });
  uploads = createDirectUploads({ tenantDb: opened.tenantDb, assets, direct: store, maxUploadBytes });
});
after(async () => {
  await store.close();
  await opened.close();
  await rm(dir, { recursive: true });
});

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const announced = (bytes: Buffer) => ({
  name: 'a/b.png',
  mediaType: 'image/png',
  sizeBytes: bytes.length,
  sha256: hashOf(bytes),
});
async function staged(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of store.listStaged()) ids.push(id);
  return ids;
}
const pending = () => opened.db.selectFrom('pending_uploads').select('id').execute();

/** What a client does with the answer. */
async function begun(file: ReturnType<typeof announced>, sent?: Buffer): Promise<string> {
  const { id, url, method, headers } = await uploads.begin(actor, file);
  if (sent !== undefined) {
    const { status } = await fetch(url, { method, headers, body: new Uint8Array(sent) });
    assert.equal(status, 200);
  }
  return id;
}

function rejects(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  return assert.rejects(promise, isCode(code));
}

test('a file sent to the store becomes the asset of its id, once, however often it is completed', async () => {
  const id = await begun(announced(picture), picture);
  const both = await Promise.all([uploads.complete(actor, id), uploads.complete(actor, id)]);
  const later = await uploads.complete(actor, id);
  for (const asset of [...both, later]) assert.deepEqual(asset, both[0]);
  const { createdAt: _createdAt, ...asset } = later;
  const { sha256, sizeBytes } = announced(picture);
  const facts = { mediaType: 'image/png', widthPx: 7, heightPx: 9, frames: 1 };
  assert.deepEqual(asset, { id, sha256, sizeBytes, ...facts, name: 'b.png' });
  assert.deepEqual(await buffer(await store.read(sha256)), picture);
  assert.deepEqual([await staged(), await pending()], [[], []]);
  assert.deepEqual(await readdir(join(dir, 'scratch')), []);
});

test('it is of its tenant alone', async () => {
  const id = await begun(announced(picture), picture);
  await rejects(uploads.complete(stranger, id), 'UPLOAD_NOT_FOUND');
  await uploads.complete(actor, id);
  await rejects(uploads.complete(stranger, id), 'UPLOAD_NOT_FOUND');
  await rejects(uploads.complete(actor, newId()), 'UPLOAD_NOT_FOUND');
  await rejects(uploads.complete(actor, '../x'), 'UPLOAD_NOT_FOUND');
});

const other = blackPng(9, 7);
const refusals: [string, ErrorCode, ReturnType<typeof announced>, Buffer][] = [
  ['has another size', 'UPLOAD_MISMATCH', announced(picture), Buffer.concat([picture, Buffer.alloc(1)])],
  ['has other bytes', 'UPLOAD_MISMATCH', { ...announced(picture), sha256: hashOf(other) }, picture],
  [
    'is no picture',
    'UNSUPPORTED_MEDIA_TYPE',
    announced(Buffer.from('plain text, whatever it says')),
    Buffer.from('plain text, whatever it says'),
  ],
  ['has too many pixels', 'PIXEL_LIMIT', announced(blackPng(100, 11)), blackPng(100, 11)],
  ['is damaged', 'MEDIA_INVALID', announced(picture.subarray(0, 20)), picture.subarray(0, 20)],
];
for (const [what, code, file, sent] of refusals) {
  test(`a file that ${what} is refused and removed`, async () => {
    const id = await begun(file, sent);
    await rejects(uploads.complete(actor, id), code);
    assert.equal((await staged()).includes(id), false);
    await rejects(uploads.complete(actor, id), 'UPLOAD_INCOMPLETE');
    assert.equal(
      await store.sizeOf(file.sha256),
      code === 'UPLOAD_MISMATCH' && file.sha256 === hashOf(picture) ? picture.length : undefined,
    );
  });
}

test('what never came is said to be missing, and the right file may still be sent', async () => {
  const file = announced(picture);
  const { id, url, headers } = await uploads.begin(actor, file);
  await rejects(uploads.complete(actor, id), 'UPLOAD_INCOMPLETE');
  await fetch(url, { method: 'PUT', headers, body: new Uint8Array(picture) });
  assert.equal((await uploads.complete(actor, id)).id, id);
});

test('what cannot be taken is refused before it is sent', async () => {
  await rejects(uploads.begin(actor, { ...announced(picture), sizeBytes: maxUploadBytes + 1 }), 'UPLOAD_TOO_LARGE');
  await rejects(uploads.begin(actor, { ...announced(picture), sizeBytes: 0 }), 'EMPTY_FILE');
});

test('what is not completed in time is removed, and nothing else', async () => {
  const kept = await begun(announced(picture), picture);
  const late = await begun(announced(picture), picture);
  await begun(announced(picture));
  await opened.db
    .updateTable('pending_uploads')
    .set({ expires_at: new Date(0) })
    .where('id', '!=', kept)
    .execute();
  await rejects(uploads.complete(actor, late), 'UPLOAD_EXPIRED');
  assert.equal(await collectStaged(opened.db, store), 1);
  assert.deepEqual([await staged(), await pending()], [[kept], [{ id: kept }]]);
  await rejects(uploads.complete(actor, late), 'UPLOAD_NOT_FOUND');
  assert.equal((await uploads.complete(actor, kept)).id, kept);
});

test('a tenant has a thousand of them at most', async () => {
  const values = Array.from({ length: 1_000 }, () => ({
    id: newId(),
    tenant_id: actor.tenantId,
    owner_id: actor.userId,
    sha256: randomBytes(32).toString('hex'),
    size_bytes: 1,
    name: null,
    expires_at: new Date(Date.now() + 60_000),
  }));
  await opened.db.insertInto('pending_uploads').values(values).execute();
  await rejects(uploads.begin(actor, announced(picture)), 'TOO_MANY_UPLOADS');
  await opened.db.deleteFrom('pending_uploads').execute();
});

test('without a store that clients reach, it is said where to send files instead', async () => {
  const here = createDirectUploads({
    tenantDb: opened.tenantDb,
    assets: {} as never,
    direct: undefined,
    maxUploadBytes,
  });
  await rejects(here.begin(actor, announced(picture)), 'DIRECT_UPLOAD_UNAVAILABLE');
  await rejects(here.complete(actor, newId()), 'DIRECT_UPLOAD_UNAVAILABLE');
  assert.equal(await collectStaged(opened.db, undefined), 0);
});
