import { freshPGlite } from '../../../test/support/databases.ts';
import { testPlans } from './plans.contract.ts';
import { testUsage } from './usage.contract.ts';

testPlans('PGlite', freshPGlite);
testUsage('PGlite', freshPGlite);
