import { freshPostgres } from '../../../test/support/databases.ts';
import { testPlans } from './plans.contract.ts';
import { testUsage } from './usage.contract.ts';

testPlans('PostgreSQL', freshPostgres);
testUsage('PostgreSQL', freshPostgres);
