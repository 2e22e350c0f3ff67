/**
 * What may be asked for. A tenant's roles and keys are sets of these; `instance:*` is about the server itself, belongs to
 * no role of a tenant, and is given to people who run it.
 */
export const permissions = [
  'assets:read',
  'assets:write',
  'jobs:read',
  'jobs:write',
  'templates:read',
  'templates:write',
  'schedules:read',
  'schedules:write',
  'shares:read',
  'shares:write',
  'webhooks:read',
  'webhooks:write',
  'keys:read',
  'keys:write',
  'members:read',
  'members:write',
  'roles:read',
  'roles:write',
  'usage:read',
  'audit:read',
  'tenant:read',
  'tenant:write',
  'privacy:write',
  'instance:read',
  'instance:write',
] as const;

export type Permission = (typeof permissions)[number];

export const builtInRoles = ['owner', 'admin', 'editor', 'viewer'] as const;
export type BuiltInRole = (typeof builtInRoles)[number];

const viewer: readonly Permission[] = [
  'assets:read',
  'jobs:read',
  'templates:read',
  'schedules:read',
  'shares:read',
  'webhooks:read',
  'members:read',
  'roles:read',
  'usage:read',
  'tenant:read',
];
const editor: readonly Permission[] = [
  ...viewer,
  'assets:write',
  'jobs:write',
  'templates:write',
  'schedules:write',
  'shares:write',
  'keys:read',
  'keys:write',
];
const admin: readonly Permission[] = [...editor, 'webhooks:write', 'members:write', 'roles:write', 'audit:read'];
const owner: readonly Permission[] = [...admin, 'tenant:write', 'privacy:write'];

/** Each has what the one after it has, and more. */
export const rolePermissions: Readonly<Record<BuiltInRole, readonly Permission[]>> = { owner, admin, editor, viewer };

export function isPermission(text: string): text is Permission {
  return (permissions as readonly string[]).includes(text);
}
