import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { testDeliveries } from './deliveries.contract.ts';
import { testWebhooks } from './webhooks.contract.ts';

for (const testThem of [testWebhooks, testDeliveries]) {
  testThem('PGlite', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'esteira-webhooks-'));
    const database = await openPGliteDatabase({ dir });
    const close = async () => {
      await database.close();
      await rm(dir, { recursive: true, force: true });
    };
    return { ...database, close };
  });
}
