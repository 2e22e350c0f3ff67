import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { localPrincipal } from '#accounts/local-access.ts';
import { unlimited } from '#accounts/plans/plan.ts';
import type { Principal } from '#accounts/principal.ts';
import { createAuditTrail } from '#audit/audit-trail.ts';
import type { OpenDatabase } from '#database/database.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import type { Database } from '#database/schema.ts';
import { newId } from '#kernel/ids.ts';
import { openLocalObjectStore } from '#storage/drivers/local/local-object-store.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { tombstoneOf } from './erase.ts';
import { eraseObjects } from './erase-objects.ts';
import type { Privacy } from './privacy.ts';
import { createPrivacy } from './privacy-service.ts';
import { runErasures } from './run-erasures.ts';

/** What must hold on every engine. `make` gives an empty, migrated database. */
export function testPrivacy(
  engine: string,
  make: () => Promise<{ database: OpenDatabase; close: () => Promise<void> }>,
): void {
  describe(`privacy: ${engine}`, () => {
    let db: Kysely<Database>;
    let store: ObjectStore;
    let privacy: Privacy;
    let dir: string;
    let close: () => Promise<void>;
    const dropped: string[] = [];
    const forgotten: string[] = [];

    const service = (erasureGraceMs: number) =>
      createPrivacy({
        db,
        audit: createAuditTrail({ db, people: async () => [] }),
        plans: { of: async () => unlimited },
        resultTtlSeconds: 100,
        auditRetentionDays: 365,
        erasureGraceMs,
      });
    const objects = () => ({
      db,
      store,
      dropCached: async (hashes: readonly string[]) => void dropped.push(...hashes),
    });
    const run = () =>
      runErasures({
        ...objects(),
        audit: createAuditTrail({ db, people: async () => [] }),
        log: { info: () => {}, warn: () => {} } as never,
        localMode: false,
        onStopped: () => {},
        onAssetsGone: () => {},
        discardUpload: async () => {},
        discardStaged: async () => {},
        forget: (ids) => void forgotten.push(...ids),
        scrub: async () => {},
      });

    before(async () => {
      const made = await make();
      db = made.database.db;
      dir = await mkdtemp(join(tmpdir(), 'esteira-privacy-'));
      store = await openLocalObjectStore({ dir: join(dir, 'objects') });
      privacy = service(7 * 86_400_000);
      close = async () => {
        await made.close();
        await rm(dir, { recursive: true, force: true });
      };
    });
    after(() => close());

    test('of consents the newest counts, and every change is kept', async () => {
      const actor = await personIn(db);
      for (const given of [true, true, false]) await privacy.consent(actor, 'product-news', given, {});
      await privacy.consent(actor, 'research', true, {});
      const { consents } = await privacy.overview(actor);
      assert.deepEqual(
        consents.map(({ purpose, given }) => [purpose, given]),
        [
          ['product-news', false],
          ['research', true],
        ],
      );
      const rows = await db.selectFrom('consents').select('id').where('person_id', '=', actor.userId).execute();
      assert.equal(rows.length, 3);
    });

    test('one copy is made at a time, and nobody else may have it', async () => {
      const [actor, other] = [await personIn(db), await personIn(db)];
      const first = await privacy.requestExport(actor, 'me', {});
      assert.equal((await privacy.requestExport(actor, 'me', {})).id, first.id);
      await assert.rejects(privacy.archive(actor, first.id, {}), { code: 'EXPORT_NOT_READY' });
      await assert.rejects(privacy.export(other, first.id), { code: 'EXPORT_NOT_FOUND' });
      await assert.rejects(privacy.requestExport({ ...actor, permissions: new Set() }, 'tenant', {}), {
        code: 'FORBIDDEN',
      });
    });

    test('an erasure waits, is there once, and can be called off until it begins', async () => {
      const actor = await personIn(db);
      const { id, dueAt } = await privacy.requestErasure(actor, 'me', ` ${actor.email.toUpperCase()} `, {});
      assert.ok(Math.abs(dueAt.getTime() - Date.now() - 7 * 86_400_000) < 60_000);
      await assert.rejects(privacy.requestErasure(actor, 'me', actor.email, {}), { code: 'ERASURE_UNDER_WAY' });
      assert.equal(await run(), 0);
      await assert.rejects(privacy.callOff(await personIn(db), id, {}), { code: 'ERASURE_NOT_FOUND' });
      await privacy.callOff(actor, id, {});
      await assert.rejects(privacy.callOff(actor, id, {}), { code: 'ERASURE_NOT_FOUND' });
      await privacy.requestErasure(actor, 'me', actor.email, {});
      assert.ok(await db.selectFrom('people').select('id').where('id', '=', actor.userId).executeTakeFirst());
    });

    test('the last owner is told what to do; and is not erased who became one meanwhile', async () => {
      const actor = await personIn(db, 'owner');
      await assert.rejects(service(0).requestErasure(actor, 'me', actor.email, {}), { code: 'LAST_OWNER' });
      const other = await personIn(db, 'owner', actor.tenantId);
      const { id } = await service(0).requestErasure(actor, 'me', actor.email, {});
      await db.deleteFrom('members').where('user_id', '=', other.userId).execute();
      await run();
      const { erasures } = await privacy.overview(actor);
      assert.deepEqual(
        erasures.map((erasure) => [erasure.id, erasure.status]),
        [[id, 'blocked']],
      );
    });

    test('bytes go at once, but not those that somebody else has', async () => {
      const [actor, other] = [await personIn(db), await personIn(db)];
      const [own, shared] = [await object(), await object()];
      for (const sha256 of [own, shared]) await assetOf(db, actor, sha256);
      await assetOf(db, other, shared);
      await service(0).requestErasure(actor, 'me', actor.email, {});
      assert.equal(await run(), 1);
      assert.equal(await store.sizeOf(own), undefined);
      assert.equal(await store.sizeOf(shared), 100);
      assert.ok(dropped.includes(own) && !dropped.includes(shared));
      assert.ok(forgotten.includes(actor.userId));
      assert.equal(
        await db.selectFrom('people').select('id').where('id', '=', actor.userId).executeTakeFirst(),
        undefined,
      );
      const stone = db
        .selectFrom('erasure_tombstones')
        .select('scope')
        .where('id_hash', '=', tombstoneOf('me', actor.userId));
      assert.deepEqual(await stone.execute(), [{ scope: 'me' }]);
    });

    test('who is about to refer to bytes that have just gone is told to send them again', async () => {
      const [actor, other] = [await personIn(db), await personIn(db)];
      const sha256 = await object();
      await assetOf(db, actor, sha256);
      await service(0).requestErasure(actor, 'me', actor.email, {});
      await run();
      await assert.rejects(assetOf(db, other, sha256), { code: 'OBJECT_ERASED', retryable: true });
      // A minute later.
      await sql`update erased_objects set erased_at = erased_at - interval '61 seconds'`.execute(db);
      await assetOf(db, other, sha256);
    });

    test('a row that is written while bytes are about to go keeps them', async () => {
      const other = await personIn(db);
      const sha256 = await object();
      await db.insertInto('erased_objects').values({ sha256, erased_at: null }).execute();
      const written = Promise.withResolvers<void>();
      const inserting = db.transaction().execute(async (trx) => {
        await assetOf(trx, other, sha256);
        written.resolve();
        // As long as this is not committed, nobody sees the row; the lock is there all the same.
        await new Promise((resolve) => setTimeout(resolve, 200));
      });
      await written.promise;
      await Promise.all([inserting, eraseObjects(objects())]);
      assert.equal(await store.sizeOf(sha256), 100);
    });

    test('a workspace goes with all that is in it; its members stay', async () => {
      const actor = await personIn(db, 'owner');
      const own = await object();
      await assetOf(db, actor, own);
      const { name } = await db
        .selectFrom('tenants')
        .select('name')
        .where('id', '=', actor.tenantId)
        .executeTakeFirstOrThrow();
      await assert.rejects(service(0).requestErasure(actor, 'tenant', actor.email, {}), { code: 'INVALID_PARAMETERS' });
      await service(0).requestErasure(actor, 'tenant', name, {});
      // Whose workspace is to go may go as well.
      await service(0).requestErasure(actor, 'me', actor.email, {});
      assert.equal(await run(), 2);
      assert.equal(await store.sizeOf(own), undefined);
      assert.equal(
        await db.selectFrom('tenants').select('id').where('id', '=', actor.tenantId).executeTakeFirst(),
        undefined,
      );
      assert.ok(await db.selectFrom('tenants').select('id').where('id', '=', localTenantId).executeTakeFirst());
    });

    async function object(): Promise<string> {
      const bytes = randomBytes(100);
      const path = join(dir, randomUUID());
      await writeFile(path, bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await store.putFile(sha256, path);
      return sha256;
    }
  });
}

type Someone = Principal & { readonly email: string };

async function personIn(db: Kysely<Database>, role = 'editor', tenantId = newId()): Promise<Someone> {
  const by = { created_by: localUserId, updated_by: localUserId };
  await db
    .insertInto('tenants')
    .values({ id: tenantId, name: `workspace ${tenantId}`, result_ttl_seconds: null, ...by })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const id = newId();
  const email = `${id}@example.com`;
  await db
    .insertInto('people')
    .values({ id, email, name: `Person ${id}`, image: null, language: null, disabled_at: null })
    .execute();
  await db
    .insertInto('members')
    .values({ tenant_id: tenantId, user_id: id, role, ...by })
    .execute();
  return { ...localPrincipal, kind: 'user', tenantId, userId: id, credentialId: newId(), email };
}

async function assetOf(db: Kysely<Database>, { tenantId, userId }: Principal, sha256: string): Promise<void> {
  const nothing = {
    width_px: null,
    height_px: null,
    frames: null,
    duration_seconds: null,
    name: null,
    pipeline_id: null,
  };
  const row = {
    id: newId(),
    tenant_id: tenantId,
    owner_id: userId,
    created_by: userId,
    updated_by: userId,
    ...nothing,
  };
  await db
    .insertInto('assets')
    .values({ ...row, sha256, media_type: 'image/png', size_bytes: 100 })
    .execute();
}
