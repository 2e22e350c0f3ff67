import { freshPGlite } from '../../../test/support/databases.ts';
import { testSchedules } from './schedules.contract.ts';

testSchedules('PGlite', freshPGlite);
