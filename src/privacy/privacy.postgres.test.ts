import { freshPostgres } from '../../test/support/databases.ts';
import { testPrivacy } from './privacy.contract.ts';

testPrivacy('PostgreSQL', freshPostgres);
