import { freshPostgres } from '../../test/support/databases.ts';
import { testAudit } from './audit.contract.ts';

testAudit('PostgreSQL', freshPostgres);
