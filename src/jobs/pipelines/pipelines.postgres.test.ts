import { freshPostgres } from '../../../test/support/databases.ts';
import { testPipelines } from './pipelines.contract.ts';

testPipelines('PostgreSQL', freshPostgres);
