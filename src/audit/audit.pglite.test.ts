import { freshPGlite } from '../../test/support/databases.ts';
import { testAudit } from './audit.contract.ts';

testAudit('PGlite', freshPGlite);
