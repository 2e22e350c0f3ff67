import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { freshDatabase } from '../../test/support/servers.ts';
import { testPrivacy } from './privacy.contract.ts';

testPrivacy('PostgreSQL', async () => {
  const fresh = await freshDatabase();
  const database = await openPostgresDatabase({ url: fresh.url });
  const close = async () => {
    await database.close();
    await fresh.drop();
  };
  return { database, close };
});
