import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { newId } from '#kernel/ids.ts';
import { isCode } from '../../../../test/support/is-code.ts';
import { freshDatabase } from '../../../../test/support/servers.ts';
import { testDatabase } from '../../database.contract.ts';
import { testTenantRows } from '../../tenant-rows.contract.ts';
import { openPostgresDatabase } from './postgres-database.ts';

testDatabase('postgres', make);
testTenantRows('postgres', make);

async function make() {
  const fresh = await freshDatabase();
  const opened = await openPostgresDatabase({ url: fresh.url });
  const close = async () => {
    await opened.close();
    await fresh.drop();
  };
  return { ...opened, close };
}

test('processes that start together migrate once', async (t) => {
  const fresh = await freshDatabase();
  t.after(fresh.drop);
  const opened = await Promise.all(Array.from({ length: 4 }, () => openPostgresDatabase({ url: fresh.url })));
  await Promise.all(opened.map(({ close }) => close()));
});

test('a server that is not there is DATABASE_UNAVAILABLE', async () => {
  await assert.rejects(openPostgresDatabase({ url: 'postgres://127.0.0.1:1/none' }), isCode('DATABASE_UNAVAILABLE'));
});

test('connections cut by the server are DATABASE_UNAVAILABLE, and the pool recovers', async (t) => {
  const fresh = await freshDatabase();
  const { db, close } = await openPostgresDatabase({ url: fresh.url, maxConnections: 1 });
  t.after(async () => {
    await close();
    await fresh.drop();
  });
  await assert.rejects(sql`select pg_terminate_backend(pg_backend_pid())`.execute(db), isCode('DATABASE_UNAVAILABLE'));
  assert.equal((await sql<{ one: number }>`select 1::int8 as one`.execute(db)).rows[0]?.one, 1);
});

test('a transaction is one from its first statement on, whichever that is', async (t) => {
  const fresh = await freshDatabase();
  const { db, close } = await openPostgresDatabase({ url: fresh.url, maxConnections: 1 });
  t.after(async () => {
    await close();
    await fresh.drop();
  });
  const exists = async () =>
    (await sql<{ made: boolean }>`select to_regclass('made_here') is not null as made`.execute(db)).rows[0]?.made;
  await db.transaction().execute(async () => undefined);
  for (const first of [sql<{ n: number }>`select 7 as n`, sql<{ n: number }>`select ${7}::int as n`]) {
    const undone = db.transaction().execute(async (trx) => {
      assert.deepEqual((await first.execute(trx)).rows, [{ n: 7 }]);
      await sql`create table made_here ()`.execute(trx);
      throw new Error('changed my mind');
    });
    await assert.rejects(undone, /changed my mind/);
    assert.equal(await exists(), false);
  }
  for (const wrong of [sql`select 1 / 0`, sql`select 1 / ${0}::int`]) {
    await assert.rejects(
      db.transaction().execute((trx) => wrong.execute(trx)),
      { code: '22012' },
    );
    assert.equal(await exists(), false);
  }
  await db.transaction().execute((trx) => sql`create table made_here ()`.execute(trx));
  assert.equal(await exists(), true);
});

test('the pool is bounded: more work than connections waits its turn', async (t) => {
  const fresh = await freshDatabase();
  const { db, close } = await openPostgresDatabase({ url: fresh.url, maxConnections: 2 });
  t.after(async () => {
    await close();
    await fresh.drop();
  });
  const used = await Promise.all(
    Array.from({ length: 20 }, () => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)),
  );
  assert.ok(new Set(used.map(({ rows }) => rows[0]?.pid)).size <= 2);
});

test('a user who may not create roles goes without row-level security; queries still filter', async (t) => {
  const fresh = await freshDatabase();
  const { hostname, port, pathname } = new URL(fresh.url);
  const admin = new pg.Client({ connectionString: fresh.url });
  await admin.connect();
  const user = `plain_${pathname.slice(-16)}`;
  await admin.query(`create role ${user} login; grant all on schema public to ${user}`);
  t.after(async () => {
    await admin.query(`drop owned by ${user}; drop role ${user}`);
    await admin.end();
    await fresh.drop();
  });
  const plain = await openPostgresDatabase({ url: `postgres://${user}@${hostname}:${port}${pathname}` });
  assert.equal(plain.rowSecurity, false);
  const seen = await plain.tenantDb.run(newId(), (trx) => trx.selectFrom('tenants').select('name').execute());
  assert.deepEqual(seen, [{ name: 'local' }]);
  await plain.close();
});
