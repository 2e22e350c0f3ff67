import type { AccessDeps } from './access-deps.ts';
import type { Identity } from './identity/identity.ts';
import type { ApiKeys } from './keys/api-key.ts';
import { createApiKeys } from './keys/key-service.ts';
import { createInvitations, type SendInvitation, type TenantInvitations } from './members/invitation-service.ts';
import { createMembers, type Members } from './members/member-service.ts';
import type { Memberships } from './members/membership.ts';
import { createMemberships } from './members/membership-service.ts';
import { createRoles, type Roles } from './roles/role-service.ts';
import { createTenants, type Tenants } from './tenants/tenant-service.ts';

/** Who people are. */
export type People = Pick<Identity, 'people' | 'byEmail'>;

/** Who belongs to which workspace, and may what there. */
export interface Accounts {
  readonly people: People;
  readonly memberships: Memberships;
  readonly invitations: TenantInvitations;
  readonly members: Members;
  readonly roles: Roles;
  readonly apiKeys: ApiKeys;
  readonly tenants: Tenants;
}

/** @param send takes invitations to whom they are for; without it, whoever invites hands them over */
export function createAccounts(deps: AccessDeps, people: People, send?: SendInvitation): Accounts {
  const memberships = createMemberships(deps);
  const invitations = createInvitations(deps, { send });
  return {
    people,
    memberships,
    invitations,
    members: createMembers(deps),
    roles: createRoles(deps),
    apiKeys: createApiKeys(deps),
    tenants: createTenants({ ...deps, memberships, invitations, identity: people }),
  };
}

/** Where nobody signs in. */
export const noPeople: People = { people: async () => [], byEmail: async () => undefined };
