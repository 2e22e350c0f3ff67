import { localTenantId, localUserId } from '#database/local-tenant.ts';
import type { Access } from './access.ts';
import { permissions } from './permissions.ts';
import type { Principal } from './principal.ts';

/** Who asks where nobody signs in: one user of one tenant, who may everything. */
export const localPrincipal: Principal = {
  tenantId: localTenantId,
  userId: localUserId,
  kind: 'local',
  credentialId: 'local',
  permissions: new Set(permissions),
};

/** For `ESTEIRA_AUTH=local` and `proxy`: whoever reaches this server is its user. */
export const localAccess: Access = {
  authenticate: async () => localPrincipal,
};
