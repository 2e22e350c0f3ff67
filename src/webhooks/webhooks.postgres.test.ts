import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { freshDatabase } from '../../test/support/servers.ts';
import { testDeliveries } from './deliveries.contract.ts';
import { testWebhooks } from './webhooks.contract.ts';

for (const testThem of [testWebhooks, testDeliveries]) {
  testThem('PostgreSQL', async () => {
    const fresh = await freshDatabase();
    const database = await openPostgresDatabase({ url: fresh.url });
    const close = async () => {
      await database.close();
      await fresh.drop();
    };
    return { ...database, close };
  });
}
