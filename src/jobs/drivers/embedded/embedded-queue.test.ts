import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { until } from '../../../../test/support/until.ts';
import { testJobQueue } from '../../job-queue.contract.ts';
import { openEmbeddedQueue } from './embedded-queue.ts';

testJobQueue('embedded', async () => {
  const pglite = await PGlite.create();
  const { rows } = await pglite.query<{ version: string }>(`select split_part(version(), ' on ', 1) as version`);
  return {
    engine: `PGlite (${rows[0]?.version})`,
    open: (onError) => openEmbeddedQueue({ pglite, onError }),
    loseLock: async (id) => {
      const { affectedRows } = await pglite.query(
        `update bullmq.job set lock_token = 'lost', locked_until_ms = 0 where id = $1 and state = 'active'`,
        [id],
      );
      assert.equal(affectedRows, 1);
    },
    close: () => pglite.close(),
  };
});

interface Accounts {
  account: { id: number; balance: number };
}

test('transactions of the database and calls of the queue take turns on the one connection', async (t) => {
  const pglite = await PGlite.create();
  const db = new Kysely<Accounts>({ dialect: new PGliteDialect({ pglite }) });
  await pglite.exec(
    'create table account (id int primary key, balance int); insert into account values (1, 500), (2, 500)',
  );
  const errors: unknown[] = [];
  const queue = await openEmbeddedQueue({ pglite, onError: (error) => errors.push(error) });
  t.after(async () => {
    await queue.close();
    await db.destroy();
  });
  const taken: string[] = [];
  const all = Promise.withResolvers<void>();
  const jobs = 150;
  const handler = async (id: string) => {
    if (taken.push(id) === jobs) all.resolve();
  };
  await queue.consume(handler, { concurrency: 4, lockDurationMs: 30_000 });

  // Half of the transactions are rolled back. Had a call of the queue slipped into one, its job would be lost with it;
  // had a statement of a transaction slipped out, the sum would not hold.
  const transfer = (round: number) =>
    db.transaction().execute(async (transaction) => {
      const move = (id: number, amount: number) =>
        transaction
          .updateTable('account')
          .set((eb) => ({ balance: eb('balance', '+', amount) }))
          .where('id', '=', id)
          .execute();
      await move(1, -1);
      await new Promise(setImmediate); // calls of the queue come while this transaction is open
      await move(2, 1);
      if (round % 2 === 1) throw new Error('rolled back');
    });
  const checkSum = async () => {
    const total = db.selectFrom('account').select((eb) => eb.fn.sum<number>('balance').as('sum'));
    assert.equal(Number((await total.executeTakeFirstOrThrow()).sum), 1_000);
  };
  for (let first = 0; first < jobs; first += 15) {
    const rounds = Array.from({ length: 15 }, (_, at) => first + at);
    await Promise.all(
      rounds.flatMap((round) => [
        queue.add({ id: `job ${round}`, priority: 1 + (round % 5) }),
        transfer(round).catch((error: Error) => assert.equal(error.message, 'rolled back')),
        queue.counts(),
        checkSum(),
      ]),
    );
  }
  await all.promise;
  const accounts = await db.selectFrom('account').selectAll().orderBy('id').execute();
  assert.deepEqual(accounts, [
    { id: 1, balance: 500 - jobs / 2 },
    { id: 2, balance: 500 + jobs / 2 },
  ]);
  assert.equal(new Set(taken).size, jobs);
  assert.equal(taken.length, jobs);
  assert.deepEqual(errors, []);
});

test('a failed migration leaves nothing behind', async (t) => {
  const pglite = await PGlite.create();
  t.after(() => pglite.close());
  await pglite.exec('create schema bullmq; create table bullmq.job (in_the_way int)');
  await assert.rejects(openEmbeddedQueue({ pglite, onError: () => {} }), /job/);
  const { rows } = await pglite.query(`select tablename from pg_tables where schemaname = 'bullmq'`);
  assert.deepEqual(rows, [{ tablename: 'job' }]);
});

test('opening again finds what was waiting', async (t) => {
  const pglite = await PGlite.create();
  t.after(() => pglite.close());
  const first = await openEmbeddedQueue({ pglite, onError: () => {} });
  await first.add({ id: 'job kept', priority: 1 });
  await first.close();
  const second = await openEmbeddedQueue({ pglite, onError: () => {} });
  assert.equal((await second.counts()).waiting, 1);
  await second.close();
});

test('the room of finished jobs is used again', async (t) => {
  const pglite = await PGlite.create();
  t.after(() => pglite.close());
  const queue = await openEmbeddedQueue({ pglite, onError: () => {}, vacuumIntervalMs: 50 });
  t.after(() => queue.close());
  const rowsSize = async () => {
    const { rows } = await pglite.query<{ size: number }>(
      `select pg_relation_size('bullmq.job') + pg_relation_size('bullmq.event') as size`,
    );
    return rows[0]?.size ?? 0;
  };
  await queue.addMany(Array.from({ length: 500 }, (_, at) => ({ id: `job ${at}`, priority: 1 })));
  assert.ok((await rowsSize()) > 0);
  await queue.clear();
  await until(async () => assert.equal(await rowsSize(), 0)); // nothing is left in the table's last pages
});

test('no table of ours has the name of one of BullMQ, which does not say in which schema it looks', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-embedded-queue-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const { pglite, close } = await openPGliteDatabase({ dir });
  const queue = await openEmbeddedQueue({ pglite, onError: () => {} });
  const { rows } = await pglite.query<{ name: string; schemas: string[] }>(
    `select tablename as name, array_agg(schemaname::text) as schemas from pg_tables
     where schemaname in ('public', 'bullmq') group by tablename`,
  );
  await queue.close();
  await close();
  assert.ok(rows.some(({ name }) => name === 'jobs') && rows.some(({ name }) => name === 'job'));
  assert.deepEqual(
    rows.filter(({ schemas }) => schemas.length > 1),
    [],
  );
});
