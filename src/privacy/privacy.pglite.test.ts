import { freshPGlite } from '../../test/support/databases.ts';
import { testPrivacy } from './privacy.contract.ts';

testPrivacy('PGlite', freshPGlite);
