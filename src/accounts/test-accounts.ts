import type { Act, Audit } from '#audit/audit.ts';
import type { OpenDatabase } from '#database/database.ts';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { newId } from '#kernel/ids.ts';
import type { AccessDeps } from './access-deps.ts';
import type { Acting } from './acting.ts';
import type { Person } from './identity/identity.ts';
import { createLocalOperator } from './identity/local-operator.ts';
import { createApiKeys } from './keys/key-service.ts';
import { createInvitations } from './members/invitation-service.ts';
import { createMembers } from './members/member-service.ts';
import { createMemberships } from './members/membership-service.ts';
import type { Permission } from './permissions.ts';
import type { Principal } from './principal.ts';
import { createRoles } from './roles/role-service.ts';
import { createSignedInAccess } from './signed-in-access.ts';

export interface TestEngines {
  readonly database: OpenDatabase;
  close(): Promise<void>;
}

export type TestAccounts = ReturnType<typeof openTestAccounts>;

/** The services that know who belongs where, on a real database, and what they told and recorded. */
export function openTestAccounts({ database, close }: TestEngines) {
  const acts: Act[] = [];
  const told: (readonly string[])[] = [];
  const fanOut = memoryFanOut();
  fanOut.on('access-changed', (ids) => told.push(ids));
  const audit: Audit = { record: async (act) => void acts.push(act) };
  const deps: AccessDeps = { db: database.db, tenantDb: database.tenantDb, fanOut, audit };
  const memberships = createMemberships(deps);
  const invitations = createInvitations(deps, { maxOpen: 5 });
  const members = createMembers(deps);
  const roles = createRoles(deps, { maxRoles: 3 });
  const apiKeys = createApiKeys(deps, { maxKeys: 8 });
  const disabled = new Set<string>();
  const personOf = (id: string): Person => ({
    id,
    email: `${id}@example.com`,
    name: id,
    operator: false,
    twoFactor: false,
    createdAt: new Date(),
    disabledAt: disabled.has(id) ? new Date() : null,
  });
  const access = createSignedInAccess({
    ...deps,
    fanOut,
    identity: { session: async () => undefined, people: async (ids) => ids.map(personOf) },
    localOperator: createLocalOperator(),
    lastUses: { note: () => {} },
    tokens: undefined,
  });

  /** As they would be after signing in. */
  async function acting(userId: string, tenantId: string, more: Partial<Principal> = {}): Promise<Acting> {
    const membership = (await memberships.of(userId)).find((one) => one.tenantId === tenantId);
    const held: ReadonlySet<Permission> = new Set(membership?.permissions);
    return { principal: { tenantId, userId, kind: 'user', credentialId: newId(), permissions: held, ...more } };
  }

  /** A workspace, its owner, and people who were invited to it. */
  async function workspace(roles: readonly string[] = []) {
    const owner = newId();
    const tenantId = await memberships.found(`workspace ${owner}`, owner);
    const others: string[] = [];
    for (const role of roles) others.push(await join(await acting(owner, tenantId), role));
    return { tenantId, owner, others };
  }

  /** @returns the id of a new person who has accepted */
  async function join(by: Acting, role: string): Promise<string> {
    const id = newId();
    const email = `${id}@example.com`;
    const { token } = await invitations.create(by, { email, role });
    await invitations.accept(token, { id, email });
    return id;
  }

  return {
    deps,
    acts,
    told,
    fanOut,
    memberships,
    invitations,
    members,
    roles,
    apiKeys,
    disabled,
    access,
    acting,
    workspace,
    join,
    close,
  };
}
