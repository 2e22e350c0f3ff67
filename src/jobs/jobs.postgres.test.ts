import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { freshDatabase } from '../../test/support/servers.ts';
import { testBatches } from './batches/batches.contract.ts';
import { testFairness } from './fairness.contract.ts';
import { testJobFaults } from './job-faults.contract.ts';
import { testJobs } from './jobs.contract.ts';
import { testLineDepth } from './line-depth.contract.ts';
import { testRetention } from './retention.contract.ts';
import { testShares } from './shares/shares.contract.ts';

testJobs('PostgreSQL', openEngines);
testJobFaults('PostgreSQL', openEngines);
testFairness('PostgreSQL', openEngines);
testBatches('PostgreSQL', openEngines);
testLineDepth('PostgreSQL', openEngines);
testRetention('PostgreSQL', openEngines);
testShares('PostgreSQL', openEngines);

async function openEngines() {
  const fresh = await freshDatabase();
  const database = await openPostgresDatabase({ url: fresh.url });
  const close = async () => {
    await database.close();
    await fresh.drop();
  };
  return { database, close };
}
