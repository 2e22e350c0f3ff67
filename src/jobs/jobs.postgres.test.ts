import { freshPostgres } from '../../test/support/databases.ts';
import { testBatches } from './batches/batches.contract.ts';
import { testFairness } from './fairness.contract.ts';
import { testJobFaults } from './job-faults.contract.ts';
import { testJobs } from './jobs.contract.ts';
import { testLineDepth } from './line-depth.contract.ts';
import { testRetention } from './retention.contract.ts';
import { testShares } from './shares/shares.contract.ts';

testJobs('PostgreSQL', freshPostgres);
testJobFaults('PostgreSQL', freshPostgres);
testFairness('PostgreSQL', freshPostgres);
testBatches('PostgreSQL', freshPostgres);
testLineDepth('PostgreSQL', freshPostgres);
testRetention('PostgreSQL', freshPostgres);
testShares('PostgreSQL', freshPostgres);
