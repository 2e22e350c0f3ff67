import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { testBatches } from './batches/batches.contract.ts';
import { openEmbeddedQueue } from './drivers/embedded/embedded-queue.ts';
import { testJobFaults } from './job-faults.contract.ts';
import { testJobs } from './jobs.contract.ts';

testJobs('PGlite and the embedded queue', openEngines);
testJobFaults('PGlite and the embedded queue', openEngines);
testBatches('PGlite and the embedded queue', openEngines);

async function openEngines() {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-embedded-'));
  const database = await openPGliteDatabase({ dir });
  const queue = await openEmbeddedQueue({ pglite: database.pglite, onError: () => undefined });
  const close = async () => {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { database, queue, close };
}
