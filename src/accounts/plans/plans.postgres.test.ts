import { freshPostgres } from '../../../test/support/databases.ts';
import { testPlans } from './plans.contract.ts';

testPlans('PostgreSQL', freshPostgres);
