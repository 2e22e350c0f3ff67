import assert from 'node:assert/strict';
import { PGlite } from '@electric-sql/pglite';
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
