import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import pg from 'pg';
import { openDoor } from '../../../../test/support/door.ts';
import { freshDatabase } from '../../../../test/support/servers.ts';
import { until } from '../../../../test/support/until.ts';
import { testJobQueue } from '../../job-queue.contract.ts';
import { openPostgresQueue } from './postgres-queue.ts';

testJobQueue('postgres', async () => {
  const database = await freshDatabase();
  const client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query<{ version: string }>(`select split_part(version(), ' on ', 1) as version`);
  return {
    engine: rows[0]?.version ?? '',
    open: (onError) => openPostgresQueue({ url: database.url, onError }),
    loseLock: async (id) => {
      const { rowCount } = await client.query(
        `update bullmq.job set lock_token = 'lost', locked_until_ms = 0 where id = $1 and state = 'active'`,
        [id],
      );
      assert.equal(rowCount, 1);
    },
    close: async () => {
      await client.end();
      await database.drop();
    },
  };
});

test('calls fail within 2 s while PostgreSQL is away; when it is back, workers hear of new jobs at once', async (t) => {
  const database = await freshDatabase();
  const door = await openDoor(database.url);
  const queue = await openPostgresQueue({ url: door.url, onError: () => {} });
  t.after(async () => {
    await queue.close();
    await door.shut();
    await database.drop();
  });
  const taken = new Map<string, number>();
  const handler = async (id: string) => void taken.set(id, performance.now());
  await queue.consume(handler, { concurrency: 1, lockDurationMs: 30_000 });
  await door.shut();
  const awayMs = performance.now();
  await assert.rejects(queue.add({ id: randomUUID(), priority: 1 }), { code: 'QUEUE_UNAVAILABLE' });
  assert.ok(performance.now() - awayMs < 2_500);
  await door.open();
  const first = randomUUID();
  await until(() => queue.add({ id: first, priority: 1 }));
  await until(() => assert.ok(taken.has(first)), 15_000);
  // The idle worker polls every 5 s; hearing of it is quicker, so LISTEN stands again.
  const second = randomUUID();
  const addedMs = performance.now();
  await queue.add({ id: second, priority: 1 });
  await until(() => assert.ok(taken.has(second)));
  assert.ok((taken.get(second) ?? 0) - addedMs < 2_000);
});

test('a PostgreSQL that is not there is said at once', async () => {
  const database = await freshDatabase();
  await database.drop();
  await assert.rejects(openPostgresQueue({ url: database.url, onError: () => {} }), { code: 'QUEUE_UNAVAILABLE' });
});

test('two processes may open a new database at the same time', async (t) => {
  const database = await freshDatabase();
  const queues = await Promise.all([1, 2, 3].map(() => openPostgresQueue({ url: database.url, onError: () => {} })));
  t.after(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
    await database.drop();
  });
  await queues[0]?.add({ id: randomUUID(), priority: 1 });
  assert.equal((await queues[1]?.counts())?.waiting, 1);
});
