import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { testBatches } from './batches/batches.contract.ts';
import { testFairness } from './fairness.contract.ts';
import { testJobFaults } from './job-faults.contract.ts';
import { testJobs } from './jobs.contract.ts';
import { testLineDepth } from './line-depth.contract.ts';
import { testRetention } from './retention.contract.ts';
import { testShares } from './shares/shares.contract.ts';

testJobs('PGlite', openEngines);
testJobFaults('PGlite', openEngines);
testFairness('PGlite', openEngines);
testBatches('PGlite', openEngines);
testLineDepth('PGlite', openEngines);
testRetention('PGlite', openEngines);
testShares('PGlite', openEngines);

async function openEngines() {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-embedded-'));
  const database = await openPGliteDatabase({ dir });
  const close = async () => {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { database, close };
}
