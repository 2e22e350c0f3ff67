import assert from 'node:assert/strict';
import pg from 'pg';
import { freshDatabase } from '../../../../test/support/servers.ts';
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
