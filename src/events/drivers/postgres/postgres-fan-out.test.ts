import pg from 'pg';
import { freshDatabase } from '../../../../test/support/servers.ts';
import { testFanOut, testLinkedFanOut } from '../../fan-out.contract.ts';
import { openPostgresFanOut } from './postgres-fan-out.ts';

testFanOut('postgres', async () => {
  const fresh = await freshDatabase();
  const [version] = await query<{ server_version: string }>(fresh.url, 'show server_version');
  return {
    engine: `PostgreSQL ${version?.server_version}`,
    open: () => openPostgresFanOut({ url: fresh.url }),
    close: fresh.drop,
  };
});

testLinkedFanOut('postgres', async () => {
  const fresh = await freshDatabase();
  return {
    serverUrl: fresh.url,
    open: (url) => openPostgresFanOut({ url }),
    cutListeners: async () => {
      await query(
        fresh.url,
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'esteira fan-out'`,
      );
    },
    close: fresh.drop,
  };
});

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
