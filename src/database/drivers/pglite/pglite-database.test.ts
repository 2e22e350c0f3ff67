import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase } from '../../database.contract.ts';
import { testTenantRows } from '../../tenant-rows.contract.ts';
import { openPGliteDatabase } from './pglite-database.ts';

testDatabase('pglite', make);
testTenantRows('pglite', make);

async function make() {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-pglite-'));
  const opened = await openPGliteDatabase({ dir: join(dir, 'database') });
  const close = async () => {
    await opened.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { ...opened, close };
}
