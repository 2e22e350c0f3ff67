import { freshPostgres } from '../../../test/support/databases.ts';
import { testSchedules } from './schedules.contract.ts';

testSchedules('PostgreSQL', freshPostgres);
