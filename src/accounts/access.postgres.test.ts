import { freshPostgres } from '../../test/support/databases.ts';
import { testKeys } from './keys/keys.contract.ts';
import { testMembers } from './members/members.contract.ts';
import { testRoles } from './roles/roles.contract.ts';
import { testSignedInAccess } from './signed-in-access.contract.ts';

testMembers('PostgreSQL', freshPostgres);
testRoles('PostgreSQL', freshPostgres);
testKeys('PostgreSQL', freshPostgres);
testSignedInAccess('PostgreSQL', freshPostgres);
