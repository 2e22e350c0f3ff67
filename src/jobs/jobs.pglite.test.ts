import { freshPGlite } from '../../test/support/databases.ts';
import { testBatches } from './batches/batches.contract.ts';
import { testFairness } from './fairness.contract.ts';
import { testJobFaults } from './job-faults.contract.ts';
import { testJobs } from './jobs.contract.ts';
import { testLineDepth } from './line-depth.contract.ts';
import { testRetention } from './retention.contract.ts';
import { testShares } from './shares/shares.contract.ts';

testJobs('PGlite', freshPGlite);
testJobFaults('PGlite', freshPGlite);
testFairness('PGlite', freshPGlite);
testBatches('PGlite', freshPGlite);
testLineDepth('PGlite', freshPGlite);
testRetention('PGlite', freshPGlite);
testShares('PGlite', freshPGlite);
