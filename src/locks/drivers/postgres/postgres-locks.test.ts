import { sql } from 'kysely';
import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { freshDatabase } from '../../../../test/support/servers.ts';
import { testLocks } from '../../locks.contract.ts';
import { postgresLocks } from './postgres-locks.ts';

testLocks('postgres', async () => {
  const { url, drop } = await freshDatabase();
  const database = await openPostgresDatabase({ url });
  const { rows } = await sql<{ version: string }>`show server_version`.execute(database.db);
  const fanOut = memoryFanOut();
  return {
    engine: `PostgreSQL ${rows[0]?.version ?? ''}`,
    open: async (leaseMs) => postgresLocks({ db: database.db, fanOut, leaseMs }),
    forget: async () => {
      await sql`truncate locks`.execute(database.db);
    },
    async close() {
      await fanOut.close();
      await database.close();
      await drop();
    },
  };
});
