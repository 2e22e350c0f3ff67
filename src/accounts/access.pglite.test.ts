import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { testKeys } from './keys/keys.contract.ts';
import { testMembers } from './members/members.contract.ts';
import { testRoles } from './roles/roles.contract.ts';
import { testSignedInAccess } from './signed-in-access.contract.ts';

testMembers('PGlite', openEngines);
testRoles('PGlite', openEngines);
testKeys('PGlite', openEngines);
testSignedInAccess('PGlite', openEngines);

async function openEngines() {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-access-'));
  const database = await openPGliteDatabase({ dir });
  const close = async () => {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { database, close };
}
