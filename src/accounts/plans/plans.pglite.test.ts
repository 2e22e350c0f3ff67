import { freshPGlite } from '../../../test/support/databases.ts';
import { testPlans } from './plans.contract.ts';

testPlans('PGlite', freshPGlite);
