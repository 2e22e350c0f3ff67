import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { newId } from '#kernel/ids.ts';
import { until } from '../../../../test/support/until.ts';
import { openPGliteDatabase, type PGliteDatabase, type PGliteOptions } from './pglite-database.ts';
import { vacuumWhereNeeded } from './vacuum.ts';

async function open(t: TestContext, options: Partial<PGliteOptions> = {}): Promise<PGliteDatabase> {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-vacuum-'));
  const opened = await openPGliteDatabase({ dir: join(dir, 'database'), ...options });
  t.after(async () => {
    await opened.close();
    await rm(dir, { recursive: true, force: true });
  });
  return opened;
}

/** @returns the table's size when they were there */
async function comeAndGo({ db }: PGliteDatabase): Promise<number> {
  const tenants = Array.from({ length: 1_000 }, () => {
    const id = newId();
    return { id, name: 'passing', created_by: id, updated_by: id };
  });
  await db.insertInto('tenants').values(tenants).execute();
  const { rows } = await sql<{ bytes: number }>`select pg_relation_size('tenants') as bytes`.execute(db);
  await db.deleteFrom('tenants').where('name', '=', 'passing').execute();
  return rows[0]?.bytes ?? 0;
}

async function vacuumed({ pglite }: PGliteDatabase): Promise<unknown[]> {
  const { rows } = await pglite.query(
    'select relname, vacuum_count from pg_stat_user_tables where vacuum_count > 0 order by relname',
  );
  return rows;
}

test('the room of dead rows is used again, and tables that nobody changed are left alone', async (t) => {
  const database = await open(t);
  const firstBytes = await comeAndGo(database);
  assert.deepEqual(await vacuumed(database), []);
  await vacuumWhereNeeded(database.pglite);
  await vacuumWhereNeeded(database.pglite);
  assert.deepEqual(await vacuumed(database), [{ relname: 'tenants', vacuum_count: 1 }]);
  assert.equal(await comeAndGo(database), firstBytes);
});

test('it happens by itself', async (t) => {
  const errors: unknown[] = [];
  const database = await open(t, { vacuumIntervalMs: 10, onVacuumError: (error) => errors.push(error) });
  await comeAndGo(database);
  await until(async () => assert.notDeepEqual(await vacuumed(database), []));
  assert.deepEqual(errors, []);
});
