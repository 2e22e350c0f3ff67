import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { freshDatabase } from '../../test/support/servers.ts';
import { testKeys } from './keys/keys.contract.ts';
import { testMembers } from './members/members.contract.ts';
import { testRoles } from './roles/roles.contract.ts';
import { testSignedInAccess } from './signed-in-access.contract.ts';

testMembers('PostgreSQL', openEngines);
testRoles('PostgreSQL', openEngines);
testKeys('PostgreSQL', openEngines);
testSignedInAccess('PostgreSQL', openEngines);

async function openEngines() {
  const fresh = await freshDatabase();
  const database = await openPostgresDatabase({ url: fresh.url });
  const close = async () => {
    await database.close();
    await fresh.drop();
  };
  return { database, close };
}
