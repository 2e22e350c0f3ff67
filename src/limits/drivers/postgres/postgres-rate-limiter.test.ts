import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { freshDatabase } from '../../../../test/support/servers.ts';
import { until } from '../../../../test/support/until.ts';
import { testRateLimiter } from '../../rate-limiter.contract.ts';
import { postgresRateLimiter } from './postgres-rate-limiter.ts';

for (const table of ['rate_limits', 'request_counts'] as const) {
  testRateLimiter('postgres', async () => {
    const { url, drop } = await freshDatabase();
    const [database, other] = [await openPostgresDatabase({ url }), await openPostgresDatabase({ url })];
    const { rows } = await sql<{ version: string }>`show server_version`.execute(database.db);
    const databases = [database, other];
    return {
      engine: `PostgreSQL ${rows[0]?.version ?? ''}, ${table}`,
      open: async () => postgresRateLimiter({ db: (databases.pop() ?? database).db, table }),
      async close() {
        await Promise.all([database.close(), other.close()]);
        await drop();
      },
    };
  });
}

testRateLimiter('postgres', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-limits-'));
  const database = await openPGliteDatabase({ dir: join(dir, 'database') });
  const { rows } = await sql<{ version: string }>`show server_version`.execute(database.db);
  const limiter = postgresRateLimiter({ db: database.db, table: 'rate_limits' });
  return {
    engine: `PGlite, PostgreSQL ${rows[0]?.version ?? ''}`,
    open: async () => limiter,
    async close() {
      await database.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
});

test('rows whose window has ended are removed, the others stay', async () => {
  const { url, drop } = await freshDatabase();
  const { db, close } = await openPostgresDatabase({ url });
  const limiter = postgresRateLimiter({ db, table: 'rate_limits', sweepMs: 50 });
  await limiter.add('short', 1, 1);
  await limiter.add('long', 1, 60);
  await until(async () => {
    const keys = await db.selectFrom('rate_limits').select('key').execute();
    assert.deepEqual(keys, [{ key: 'long' }]);
  });
  await limiter.close();
  await close();
  await assert.rejects(limiter.add('long', 1, 60), { code: 'LIMITS_UNAVAILABLE' });
  await drop();
});
