import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { testPrivacy } from './privacy.contract.ts';

testPrivacy('PGlite', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-privacy-db-'));
  const database = await openPGliteDatabase({ dir });
  const close = async () => {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { database, close };
});
