import { freshPGlite } from '../../test/support/databases.ts';
import { testKeys } from './keys/keys.contract.ts';
import { testMembers } from './members/members.contract.ts';
import { testRoles } from './roles/roles.contract.ts';
import { testSignedInAccess } from './signed-in-access.contract.ts';

testMembers('PGlite', freshPGlite);
testRoles('PGlite', freshPGlite);
testKeys('PGlite', freshPGlite);
testSignedInAccess('PGlite', freshPGlite);
