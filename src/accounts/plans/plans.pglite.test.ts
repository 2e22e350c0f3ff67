import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { testPlans } from './plans.contract.ts';

testPlans('PGlite', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-plans-'));
  const database = await openPGliteDatabase({ dir });
  const close = async () => {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { database, close };
});
