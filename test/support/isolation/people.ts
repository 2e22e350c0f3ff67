import assert from 'node:assert/strict';
import { type BuiltInRole, builtInRoles, type Permission, rolePermissions } from '#accounts/permissions.ts';
import { administrator } from '../accounts-env.ts';

/** One who asks: a person with a role, a key, or nobody. */
export interface Asker {
  /** `owner`, `custom`, `key`, `nobody` */
  readonly name: string;
  readonly kind: 'person' | 'key' | 'nobody';
  readonly permissions: ReadonlySet<Permission>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly owner: Asker;
  readonly askers: readonly Asker[];
}

export type Send = (method: string, path: string, by: Asker, body?: unknown) => Promise<Response>;

const password = 'another long pass phrase 42';

/** What a custom role holds here: some of what an editor has, and some of what an admin has. */
export const customPermissions: readonly Permission[] = [
  'assets:read',
  'jobs:write',
  'templates:read',
  'webhooks:write',
];

export const nobody: Asker = { name: 'nobody', kind: 'nobody', permissions: new Set(), headers: {} };

export function jsonSender(address: string): Send {
  return (method, path, { headers }, body) =>
    fetch(`${address}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}

/** @throws AssertionError with the answer, when it is another status */
export async function jsonOf<T = Record<string, never>>(answer: Response, ...statuses: number[]): Promise<T> {
  const text = await answer.text();
  assert.ok(statuses.includes(answer.status), `${answer.url}: ${answer.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Whoever runs the server, by the account that the configuration names. */
export async function signInAsAdministrator(address: string): Promise<Asker> {
  return await signIn(address, 'administrator', administrator, rolePermissions.owner);
}

/** A workspace with somebody in every role, a custom one too, and a key that may what its owner may. */
export async function makeWorkspace(address: string, admin: Asker, name: string): Promise<Workspace> {
  const send = jsonSender(address);
  const emailOf = (role: string) => `${role}@${name}.example.com`;
  const { id, owner, byKey } = await foundWorkspace(address, admin, name);
  const custom = `custom-${name}`;
  await jsonOf(await send('POST', '/v1/roles', owner, { name: custom, permissions: customPermissions }), 201);
  const others: Asker[] = [];
  for (const role of [...builtInRoles.filter((one) => one !== 'owner'), custom]) {
    const label = role === custom ? 'custom' : role;
    const permissions = role === custom ? customPermissions : rolePermissions[role as BuiltInRole];
    others.push(await invited(address, owner, label, role, emailOf(label), permissions));
  }
  return { id, name, owner, askers: [owner, ...others, byKey] };
}

/** A workspace with its owner, and a key that may what its owner may. */
export async function foundWorkspace(address: string, admin: Asker, name: string) {
  const send = jsonSender(address);
  const ownerEmail = `owner@${name}.example.com`;
  const { id, invitation } = await jsonOf<{ id: string; invitation: { url: string } }>(
    await send('POST', '/v1/tenants', admin, { name, ownerEmail }),
    201,
  );
  const owner = await join(address, 'owner', ownerEmail, invitation.url, rolePermissions.owner);
  const { key } = await jsonOf<{ key: string }>(
    await send('POST', '/v1/api-keys', owner, { name: 'everything', scopes: rolePermissions.owner }),
    201,
  );
  const byKey: Asker = {
    name: 'key',
    kind: 'key',
    permissions: new Set(rolePermissions.owner),
    headers: { authorization: `Bearer ${key}` },
  };
  return { id, owner, byKey };
}

/** One more member. @param label what we call them */
export async function invited(
  address: string,
  owner: Asker,
  label: string,
  role: string,
  email: string,
  permissions: readonly Permission[],
): Promise<Asker> {
  const answer = await jsonSender(address)('POST', '/v1/invitations', owner, { email, role });
  const { url } = await jsonOf<{ url: string }>(answer, 201);
  return await join(address, label, email, url, permissions);
}

async function join(
  address: string,
  name: string,
  email: string,
  url: string,
  permissions: readonly Permission[],
): Promise<Asker> {
  const invitationToken = /[^/#=]+$/.exec(url)?.[0] ?? '';
  const signUp = { email, password, name, invitationToken };
  const sent = await jsonSender(address)('POST', '/v1/auth/sign-up/email', fromPage(address), signUp);
  await jsonOf(sent, 200, 201);
  return await signIn(address, name, { email, password }, permissions);
}

async function signIn(
  address: string,
  name: string,
  credentials: { readonly email: string; readonly password: string },
  permissions: readonly Permission[],
): Promise<Asker> {
  const answer = await jsonSender(address)('POST', '/v1/auth/sign-in/email', fromPage(address), credentials);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  await jsonOf(answer, 200);
  return { name, kind: 'person', permissions: new Set(permissions), headers: { cookie, origin: address } };
}

/** As a browser says it that shows the studio. */
function fromPage(address: string): Asker {
  return { ...nobody, headers: { origin: address } };
}
