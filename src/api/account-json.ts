import { type Static, Type } from 'typebox';
import type { People } from '#accounts/accounts.ts';
import type { ApiKey } from '#accounts/keys/api-key.ts';
import type { Invitation, NewInvitation } from '#accounts/members/invitation-service.ts';
import { type Permission, permissions } from '#accounts/permissions.ts';
import type { Tenant } from '#accounts/tenants/tenant-service.ts';

const Moment = Type.String({ format: 'date-time' });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const EmailSchema = Type.String({ minLength: 3, maxLength: 254, description: 'An e-mail address.' });
export const RoleNameSchema = Type.String({ minLength: 1, maxLength: 50 });
export const PermissionsSchema = Type.Array(Type.Enum([...permissions]), { maxItems: permissions.length });

export const InvitationSchema = Type.Object({
  id: Type.String(),
  email: Type.String(),
  role: Type.String(),
  createdAt: Moment,
  expiresAt: Moment,
});

export const NewInvitationSchema = Type.Object({
  ...InvitationSchema.properties,
  url: Type.String({ description: 'Lets whoever has this e-mail address join; shown this once.' }),
});

export function toInvitationJson(invitation: Invitation): Static<typeof InvitationSchema> {
  const { id, email, role, createdAt, expiresAt } = invitation;
  return { id, email, role, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}

/** @param origin where people reach this server */
export function toNewInvitationJson(made: NewInvitation, origin: string): Static<typeof NewInvitationSchema> {
  return { ...toInvitationJson(made), url: invitationUrl(origin, made.token) };
}

/** After the `#`, which browsers send to nobody: no log has it. */
export function invitationUrl(origin: string, token: string): string {
  return `${origin}/join#${token}`;
}

export const TenantSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  resultTtlSeconds: orNull(
    Type.Integer({ description: 'How long finished jobs are kept; 0: for ever; null: as usual.' }),
  ),
  createdAt: Moment,
});

export function toTenantJson({ id, name, resultTtlSeconds, createdAt }: Tenant): Static<typeof TenantSchema> {
  return { id, name, resultTtlSeconds, createdAt: createdAt.toISOString() };
}

export const ApiKeySchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  prefix: Type.String({ description: 'How the key begins.' }),
  scopes: Type.Array(Type.String()),
  createdAt: Moment,
  createdBy: Type.Object(
    { userId: Type.String(), name: orNull(Type.String()) },
    { description: 'Who answers for it: it can do nothing that they may not, and dies when they leave.' },
  ),
  expiresAt: orNull(Moment),
  lastUsedAt: orNull(Type.String({ format: 'date-time', description: 'To the minute.' })),
  requestsPerMinute: orNull(Type.Integer()),
  revokedAt: orNull(Moment),
  previousUntil: orNull(
    Type.String({ format: 'date-time', description: 'How long the secret before the last rotation holds as well.' }),
  ),
});

export const NewApiKeySchema = Type.Object({
  ...ApiKeySchema.properties,
  key: Type.String({ description: 'The key itself; shown this once.' }),
});

export const KeyNameSchema = Type.String({ minLength: 1, maxLength: 100 });
export const KeyScopesSchema = Type.Array(Type.Enum([...permissions]), {
  maxItems: permissions.length,
  description: 'The most that the key may. Nobody gives a key more than they may themselves.',
});
export const KeyExpirySchema = orNull(Type.String({ format: 'date-time', maxLength: 40, description: 'Null: never.' }));
export const KeyRateSchema = orNull(
  Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'A limit of its own, within that of the workspace.' }),
);

/** In the same order. */
export async function toApiKeysJson(people: People, keys: readonly ApiKey[]): Promise<Static<typeof ApiKeySchema>[]> {
  const found = keys.length === 0 ? [] : await people.people([...new Set(keys.map(({ createdBy }) => createdBy))]);
  const names = new Map(found.map(({ id, name }) => [id, name]));
  return keys.map((key) => ({
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: [...key.scopes],
    createdAt: key.createdAt.toISOString(),
    createdBy: { userId: key.createdBy, name: names.get(key.createdBy) ?? null },
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    requestsPerMinute: key.requestsPerMinute,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    previousUntil: key.previousUntil?.toISOString() ?? null,
  }));
}

/** What a tenant may give: everything but what is about the server. */
export const tenantPermissions: readonly Permission[] = permissions.filter((name) => !name.startsWith('instance:'));
