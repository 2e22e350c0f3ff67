import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Kysely, type Selectable, sql } from 'kysely';
import { newId } from '#kernel/ids.ts';
import { reportContract } from '../../test/support/contracts.ts';
import type { OpenDatabase } from './database.ts';
import { localTenantId, localUserId } from './local-tenant.ts';
import { migrate } from './migrate.ts';
import type { Database } from './schema.ts';
import { sharedSecret } from './secrets.ts';
import { expectedColumns } from './test-columns/expected-columns.ts';

/** What every database driver must do. `make` gives an empty, migrated database; closing it is ours. */
export function testDatabase(driver: string, make: () => Promise<OpenDatabase>): void {
  describe(`database contract: ${driver}`, () => {
    let opened: OpenDatabase;
    let db: Kysely<Database>;
    before(async () => {
      opened = await make();
      db = opened.db;
    });
    after(async () => {
      const { rows } = await sql<{ version: string }>`select split_part(version(), ' on ', 1) as version`.execute(db);
      reportContract('database', opened.driver, rows[0]?.version ?? '');
      await opened.close();
    });

    test('migrating again changes nothing', async () => {
      const before = await columnsOf(db);
      await Promise.all([migrate(db), migrate(db)]);
      assert.deepEqual(await columnsOf(db), before);
      assert.deepEqual(await db.selectFrom('tenants').select(['id', 'name']).execute(), [
        { id: localTenantId, name: 'local' },
      ]);
    });

    test('the tables have the columns that schema.ts declares', async () => {
      assert.deepEqual(await columnsOf(db), expectedColumns);
    });

    test('values come back as the types that schema.ts declares', async () => {
      const id = await insertJob(db, { params: JSON.stringify({ nested: [1, 'ü', null] }), priority: 'high' });
      const sizeBytes = 2 ** 40;
      await db
        .insertInto('job_outputs')
        .values({ job_id: id, index: 0, media_type: 'image/png', size_bytes: sizeBytes, sha256: hash(), data: null })
        .execute();
      const job = await readJob(db, id);
      assert.equal(job.id, id);
      assert.deepEqual(job.params, { nested: [1, 'ü', null] });
      assert.ok(job.queued_at instanceof Date && Math.abs(job.queued_at.getTime() - Date.now()) < 60_000);
      assert.equal(job.progress, 0);
      assert.equal(job.cached, false);
      assert.equal(job.metadata, null);
      const output = await db.selectFrom('job_outputs').selectAll().where('job_id', '=', id).executeTakeFirstOrThrow();
      assert.equal(output.size_bytes, sizeBytes);
      const { count } = await db
        .selectFrom('jobs')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      assert.equal(count, 1);
    });

    test('a secret is made once, whoever asks at the same time', async () => {
      const made = await Promise.all([1, 2, 3].map(() => sharedSecret(db, 'one')));
      assert.equal(made[0]?.length, 32);
      for (const secret of made) assert.deepEqual(secret, made[0]);
      assert.notDeepEqual(await sharedSecret(db, 'other'), made[0]);
    });

    test('a transaction that throws leaves nothing', async () => {
      const id = newId();
      await assert.rejects(
        db.transaction().execute(async (trx) => {
          await insertJob(trx, { id });
          throw new Error('changed my mind');
        }),
        /changed my mind/,
      );
      assert.equal(await db.selectFrom('jobs').select('id').where('id', '=', id).executeTakeFirst(), undefined);
    });

    test('many transactions at once all end', async () => {
      const ids = await Promise.all(
        Array.from({ length: 50 }, () =>
          db.transaction().execute(async (trx) => {
            const id = await insertJob(trx);
            return (await readJob(trx, id)).id;
          }),
        ),
      );
      const found = await db.selectFrom('jobs').select('id').where('id', 'in', ids).execute();
      assert.equal(found.length, 50);
    });

    for (const [from, to] of forbiddenTransitions) {
      test(`a job does not go from ${from} to ${to}`, async () => {
        const id = await insertJob(db);
        await moveTo(db, id, from);
        await assert.rejects(moveTo(db, id, to), (error) => isCheckViolation(error));
        assert.equal((await readJob(db, id)).status, from);
      });
    }

    for (const [from, to] of allowedTransitions) {
      test(`a job goes from ${from} to ${to}`, async () => {
        const id = await insertJob(db);
        await moveTo(db, id, from);
        await moveTo(db, id, to);
        assert.equal((await readJob(db, id)).status, to);
      });
    }

    test('what no state allows is refused', async () => {
      const id = await insertJob(db);
      await db.updateTable('jobs').set({ attempt: 3 }).where('id', '=', id).execute();
      const refused: Parameters<typeof setJob>[2][] = [
        { status: 'finished' as 'failed' },
        { priority: 'urgent' as 'high' },
        { progress: 1.5 },
        { attempt: 2 },
        { status: 'active' }, // without a lease
        { status: 'succeeded' }, // without an end
        { status: 'failed', finished_at: new Date() }, // without a reason
        { lease_owner: 'someone', lease_expires_at: new Date() }, // a lease on a queued job
        { idempotency_key: 'k' }, // without a fingerprint
        { result_key: 'short' },
        { batch_index: 0 }, // without a batch
        { item_name: 'photo.jpg' }, // likewise
      ];
      for (const values of refused) {
        await assert.rejects(setJob(db, id, values), (error) => isCheckViolation(error), JSON.stringify(values));
      }
    });

    test('a version of a template stays as it is', async () => {
      const owner = {
        tenant_id: localTenantId,
        owner_id: localUserId,
        created_by: localUserId,
        updated_by: localUserId,
      };
      const id = newId();
      await db
        .insertInto('templates')
        .values({ id, name: id, version: 1, ...owner })
        .execute();
      const document = JSON.stringify({ name: 'first' });
      await db
        .insertInto('template_versions')
        .values({ template_id: id, version: 1, document, created_by: localUserId })
        .execute();
      const changed = db.updateTable('template_versions').set({ document: '{}' }).where('template_id', '=', id);
      await assert.rejects(changed.execute(), (error) => isCheckViolation(error));
      await db.deleteFrom('templates').where('id', '=', id).execute();
      const left = db.selectFrom('template_versions').selectAll().where('template_id', '=', id);
      assert.deepEqual(await left.execute(), []);
    });

    test('identical work in flight has one leader', async () => {
      const result_key = hash();
      const leader = await insertJob(db, { result_key });
      await assert.rejects(insertJob(db, { result_key }), hasCode('23505'));
      const follower = await insertJob(db, { result_key, leader_id: leader });
      await assert.rejects(setJob(db, follower, { status: 'active', ...lease() }), (error) => isCheckViolation(error));
      await assert.rejects(db.deleteFrom('jobs').where('id', '=', leader).execute(), hasCode('23503'));
      await moveTo(db, leader, 'succeeded');
      await insertJob(db, { result_key });
    });

    test('an idempotency key names one job of a tenant', async () => {
      const keyed = { idempotency_key: 'once', request_fingerprint: hash() };
      await insertJob(db, keyed);
      await assert.rejects(insertJob(db, keyed), hasCode('23505'));
    });

    test('every row belongs to a tenant that exists', async () => {
      await assert.rejects(insertJob(db, { tenant_id: newId() }), hasCode('23503'));
    });

    test('files go with their job', async () => {
      const id = await insertJob(db);
      await db
        .insertInto('job_outputs')
        .values({ job_id: id, index: 0, media_type: 'image/png', size_bytes: 1, sha256: hash(), data: null })
        .execute();
      await db.deleteFrom('jobs').where('id', '=', id).execute();
      assert.deepEqual(await db.selectFrom('job_outputs').selectAll().where('job_id', '=', id).execute(), []);
    });
  });
}

type Status = Selectable<Database['jobs']>['status'];

const allowedTransitions: [Status, Status][] = [
  ['queued', 'active'],
  ['queued', 'succeeded'],
  ['queued', 'failed'],
  ['queued', 'cancelled'],
  ['active', 'queued'],
  ['active', 'succeeded'],
  ['active', 'failed'],
  ['active', 'cancelled'],
  ['failed', 'queued'],
  ['cancelled', 'queued'],
];

const forbiddenTransitions: [Status, Status][] = [
  ['succeeded', 'queued'],
  ['succeeded', 'active'],
  ['succeeded', 'failed'],
  ['succeeded', 'cancelled'],
  ['failed', 'active'],
  ['failed', 'succeeded'],
  ['failed', 'cancelled'],
  ['cancelled', 'active'],
  ['cancelled', 'succeeded'],
  ['cancelled', 'failed'],
];

async function moveTo(db: Kysely<Database>, id: string, status: Status): Promise<void> {
  const failed = status === 'failed';
  await setJob(db, id, {
    status,
    ...(status === 'active' ? lease() : { lease_owner: null, lease_expires_at: null }),
    finished_at: status === 'queued' || status === 'active' ? null : new Date(),
    error_code: failed ? 'JOB_FAILED' : null,
    error_detail: failed ? 'for the test' : null,
  });
}

function lease() {
  return { lease_owner: 'worker', lease_expires_at: new Date(Date.now() + 30_000) };
}

type JobValues = Partial<Parameters<ReturnType<Kysely<Database>['insertInto']>['values']>[0]> & object;

async function setJob(db: Kysely<Database>, id: string, values: Partial<Selectable<Database['jobs']>>): Promise<void> {
  const { params: _params, metadata: _metadata, ...plain } = values;
  await db.updateTable('jobs').set(plain).where('id', '=', id).execute();
}

async function insertJob(db: Kysely<Database>, values: JobValues = {}): Promise<string> {
  const id = newId();
  const row = await db
    .insertInto('jobs')
    .values({
      id,
      tenant_id: localTenantId,
      owner_id: localUserId,
      created_by: localUserId,
      updated_by: localUserId,
      processor: 'test.echo',
      processor_version: 1,
      params: '{}',
      result_key: hash(),
      status: 'queued',
      priority: 'normal',
      ...values,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

function readJob(db: Kysely<Database>, id: string) {
  return db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** Any 64 hex digits, a new one each time. */
function hash(): string {
  return (newId() + newId()).replaceAll('-', '');
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Error && 'code' in error && error.code === code;
}

const isCheckViolation = hasCode('23514');

async function columnsOf(db: Kysely<Database>): Promise<Record<string, Record<string, string>>> {
  const { rows } = await sql<{ table_name: string; column_name: string; data_type: string; is_nullable: string }>`
    select table_name, column_name, data_type, is_nullable from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely%' order by table_name, column_name`.execute(db);
  const tables: Record<string, Record<string, string>> = {};
  for (const row of rows) {
    const type = `${row.data_type}${row.is_nullable === 'YES' ? ' or null' : ''}`;
    tables[row.table_name] = { ...tables[row.table_name], [row.column_name]: type };
  }
  return tables;
}
