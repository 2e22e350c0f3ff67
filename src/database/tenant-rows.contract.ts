import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { newId } from '#kernel/ids.ts';
import type { OpenDatabase } from './database.ts';
import type { Database } from './schema.ts';
import { prepareTenantRole, tenantRole } from './tenant-role.ts';

/** What keeps tenants' rows apart, on one driver. `make` gives an empty, migrated database; closing it is ours. */
export function testTenantRows(driver: string, make: () => Promise<OpenDatabase>): void {
  describe(`tenants' rows: ${driver}`, () => {
    let opened: OpenDatabase;
    let db: Kysely<Database>;
    let own: Rows;
    let foreign: Rows;
    before(async () => {
      opened = await make();
      db = opened.db;
      own = await addRows(db);
      foreign = await addRows(db);
    });
    after(() => opened.close());

    test('every table whose rows say whose they are is under row-level security', async () => {
      assert.equal(opened.rowSecurity, true);
      const { rows } = await sql<{ name: string }>`
        select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid
        where relnamespace = current_schema()::regnamespace and relkind = 'r' and attname = 'tenant_id'
          and not attisdropped and not relrowsecurity order by relname`.execute(db);
      const names = rows.map(({ name }) => name);
      assert.deepEqual(names, [], 'call protectTenantRows in the migration that makes these tables');
    });

    test('what belongs to a protected row is protected with it', async () => {
      const { rows } = await sql<{ name: string }>`
        select distinct child.relname as name
        from pg_constraint join pg_class as child on child.oid = conrelid join pg_class as parent on parent.oid = confrelid
        where contype = 'f' and confdeltype = 'c' and parent.relrowsecurity and not child.relrowsecurity
          and child.relnamespace = current_schema()::regnamespace order by 1`.execute(db);
      assert.deepEqual(rows, [], 'these rows go with a row of a tenant: protectTenantRows with parent');
    });

    test('the role may do what the policies speak of, and nothing else', async () => {
      const granted = await sql<{ right: string }>`
        select table_name || ' ' || privilege_type as right from information_schema.role_table_grants
        where grantee = ${tenantRole} and table_schema = current_schema() order by 1`.execute(db);
      const spoken = await sql<{ right: string }>`
        select tablename || ' ' || unnest(
          case cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] else array[cmd] end) as right
        from pg_policies where schemaname = current_schema() order by 1`.execute(db);
      assert.ok(granted.rows.length > 30);
      assert.deepEqual(granted.rows, spoken.rows);
      for (const table of ['secrets', 'locks', 'needed_results', 'kysely_migration']) {
        const read = opened.tenantDb.run(own.tenantId, (trx) => sql`select from ${sql.table(table)}`.execute(trx));
        await assert.rejects(read, hasCode('42501'), table);
      }
    });

    test('a tenant sees its own rows, whatever it asks for', async () => {
      for (const [table, column] of [
        ['tenants', 'id'],
        ['assets', 'id'],
        ['jobs', 'id'],
        ['job_inputs', 'job_id'],
        ['job_outputs', 'job_id'],
      ] as const) {
        const seen = await opened.tenantDb.run(own.tenantId, (trx) =>
          sql<{ id: string }>`select ${sql.ref(column)} as id from ${sql.table(table)}`.execute(trx),
        );
        const id = { tenants: own.tenantId, assets: own.assetId }[table as string] ?? own.jobId;
        assert.deepEqual(seen.rows, [{ id }], table);
      }
    });

    test('a tenant changes its own rows alone', async () => {
      const updated = await opened.tenantDb.run(own.tenantId, (trx) =>
        trx.updateTable('assets').set({ name: 'mine' }).executeTakeFirstOrThrow(),
      );
      assert.equal(updated.numUpdatedRows, 1n);
      const deleted = await opened.tenantDb.run(own.tenantId, (trx) =>
        trx.deleteFrom('job_outputs').where('job_id', '=', foreign.jobId).executeTakeFirstOrThrow(),
      );
      assert.equal(deleted.numDeletedRows, 0n);
      const { tenantId: tenant_id } = foreign;
      const changes: ((trx: Kysely<Database>) => Promise<unknown>)[] = [
        (trx) => trx.updateTable('assets').set({ tenant_id }).execute(),
        (trx) => insertAsset(trx, tenant_id),
        (trx) => insertOutput(trx, foreign.jobId, 1),
      ];
      for (const change of changes) {
        await assert.rejects(opened.tenantDb.run(own.tenantId, change), hasCode('42501'));
      }
      const { name } = await db
        .selectFrom('assets')
        .select('name')
        .where('id', '=', foreign.assetId)
        .executeTakeFirstOrThrow();
      assert.equal(name, null);
    });

    test('what is removed on behalf of a tenant leaves its notes, and takes what belongs to it along', async () => {
      const { tenantId, jobId } = await addRows(db);
      await opened.tenantDb.run(tenantId, (trx) => trx.deleteFrom('jobs').where('id', '=', jobId).execute());
      const removed = db.selectFrom('removals').select('tenant_id').where('id', '=', jobId);
      assert.deepEqual(await removed.execute(), [{ tenant_id: tenantId }]);
      const outputs = db.selectFrom('job_outputs').select('job_id').where('job_id', '=', jobId);
      assert.deepEqual(await outputs.execute(), []);
    });

    test('a single statement is bound like a transaction, and is one', async () => {
      const { tenantDb } = opened;
      const seen = await tenantDb.execute(own.tenantId, (db) => db.selectFrom('jobs').select('id'));
      assert.deepEqual(seen, [{ id: own.jobId }]);
      const changed = await tenantDb.execute(
        own.tenantId,
        () => sql<{ id: string }>`update assets set name = ${'again'} returning id`,
      );
      assert.deepEqual(changed, [{ id: own.assetId }]);
      await assert.rejects(
        tenantDb.execute(own.tenantId, (db) => db.updateTable('assets').set({ tenant_id: foreign.tenantId })),
        hasCode('42501'),
      );
      // What is wrong only when it is committed is said, and not done.
      await sql`create table late (id integer primary key, other integer references late deferrable initially deferred)`.execute(
        db,
      );
      await sql`grant insert on late to ${sql.ref(tenantRole)}`.execute(db);
      await assert.rejects(
        tenantDb.execute(own.tenantId, () => sql`insert into late values (1, 2)`),
        hasCode('23503'),
      );
      assert.deepEqual((await sql`select id from late`.execute(db)).rows, []);
      await sql`drop table late`.execute(db);
      await assert.rejects(
        tenantDb.execute('no id', (db) => db.selectFrom('jobs').selectAll()),
        /a tenant’s id is a UUID/,
      );
      // What it is built with has no database.
      const outside: unknown[] = [];
      await tenantDb.execute(own.tenantId, (db) => {
        const all = db.selectFrom('jobs').select('id');
        void all.execute().then((rows) => outside.push(...rows));
        return all;
      });
      assert.deepEqual(outside, []);
    });

    test('without a tenant, or with one that is none, there are no rows', async () => {
      const nobody = db.transaction().execute(async (trx) => {
        await sql`select set_config('role', ${tenantRole}, true)`.execute(trx);
        return await trx.selectFrom('jobs').selectAll().execute();
      });
      // Never set in this session, or set and over.
      await assert.rejects(nobody, (error) => hasCode('42704')(error) || hasCode('22P02')(error));
      const strange = opened.tenantDb.run("x' or true --", (trx) => trx.selectFrom('jobs').selectAll().execute());
      await assert.rejects(strange, /a tenant’s id is a UUID/);
      const unknown = await opened.tenantDb.run(newId(), (trx) => trx.selectFrom('jobs').selectAll().execute());
      assert.deepEqual(unknown, []);
    });

    test('tenants do not see each other when many ask at once, and nobody is bound afterwards', async () => {
      const asked = Array.from({ length: 60 }, async (_, at) => {
        const { tenantId, jobId } = at % 2 === 0 ? own : foreign;
        const read = opened.tenantDb.run(tenantId, (trx) => trx.selectFrom('jobs').select('id').execute());
        const alone = opened.tenantDb.execute(tenantId, (db) => db.selectFrom('jobs').select('id'));
        if (at % 10 === 0) await opened.tenantDb.run(tenantId, () => Promise.reject(new Error('mind'))).catch(() => {});
        assert.deepEqual([await read, await alone], [[{ id: jobId }], [{ id: jobId }]]);
        const all = await db.selectFrom('jobs').select('id').where('id', 'in', [own.jobId, foreign.jobId]).execute();
        assert.equal(all.length, 2);
      });
      await Promise.all(asked);
    });

    test('rights that a restored copy came without are given at the next start', async () => {
      await sql`revoke all on jobs from ${sql.ref(tenantRole)}`.execute(db);
      const read = () => opened.tenantDb.run(own.tenantId, (trx) => trx.selectFrom('jobs').select('id').execute());
      await assert.rejects(read(), hasCode('42501'));
      assert.deepEqual(await Promise.all([1, 2, 3].map(() => prepareTenantRole(db))), [true, true, true]);
      assert.deepEqual(await read(), [{ id: own.jobId }]);
    });
  });
}

interface Rows {
  readonly tenantId: string;
  readonly assetId: string;
  readonly jobId: string;
}

/** A tenant with an asset and a job that has an input and an output. */
async function addRows(db: Kysely<Database>): Promise<Rows> {
  const tenantId = newId();
  await db
    .insertInto('tenants')
    .values({ id: tenantId, name: 'a tenant', created_by: tenantId, updated_by: tenantId })
    .execute();
  const assetId = await insertAsset(db, tenantId);
  const jobId = newId();
  await db
    .insertInto('jobs')
    .values({
      id: jobId,
      ...ownedBy(tenantId),
      processor: 'test.echo',
      processor_version: 1,
      params: '{}',
      result_key: sha256,
      status: 'succeeded',
      priority: 'normal',
      finished_at: new Date(),
    })
    .execute();
  const media = { sha256, media_type: 'image/png', size_bytes: 1 };
  await db
    .insertInto('job_inputs')
    .values({ job_id: jobId, index: 0, asset_id: assetId, ...media })
    .execute();
  await insertOutput(db, jobId, 0);
  return { tenantId, assetId, jobId };
}

async function insertAsset(db: Kysely<Database>, tenantId: string): Promise<string> {
  const id = newId();
  const media = { sha256, media_type: 'image/png', size_bytes: 1 };
  await db
    .insertInto('assets')
    .values({ id, ...ownedBy(tenantId), ...media })
    .execute();
  return id;
}

async function insertOutput(db: Kysely<Database>, jobId: string, index: number): Promise<void> {
  await db
    .insertInto('job_outputs')
    .values({ job_id: jobId, index, sha256, media_type: 'image/png', size_bytes: 1, data: null })
    .execute();
}

function ownedBy(tenantId: string) {
  return { tenant_id: tenantId, owner_id: tenantId, created_by: tenantId, updated_by: tenantId };
}

const sha256 = '0'.repeat(64);

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Error && 'code' in error && error.code === code;
}
