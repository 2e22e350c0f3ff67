import { request } from './client.ts';
import type { Page } from './job.ts';
import type { Permission } from './me.ts';

export interface Member {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly joinedAt: string;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly expiresAt: string;
}

/** What somebody sees who was sent a link. */
export interface OpenInvitation {
  readonly tenantName: string;
  readonly email: string;
  readonly role: string;
  readonly hasAccount: boolean;
}

export interface Role {
  readonly name: string;
  readonly builtIn: boolean;
  readonly permissions: readonly Permission[];
}

export interface Roles {
  readonly items: readonly Role[];
  /** All that a role may be made of. */
  readonly permissions: readonly Permission[];
}

export function listMembers(signal?: AbortSignal): Promise<Page<Member>> {
  return request('/v1/members', { signal });
}

export function changeRole({ userId, role }: Pick<Member, 'userId' | 'role'>): Promise<unknown> {
  return request(`/v1/members/${encodeURIComponent(userId)}`, { method: 'PATCH', json: { role } });
}

export function removeMember(userId: string): Promise<unknown> {
  return request(`/v1/members/${encodeURIComponent(userId)}`, { method: 'DELETE' });
}

/** Nothing is seen of the workspace afterwards. */
export function leaveTenant(): Promise<unknown> {
  return request('/v1/members/me', { method: 'DELETE' });
}

export function listInvitations(signal?: AbortSignal): Promise<Page<Invitation>> {
  return request('/v1/invitations', { signal });
}

/** @returns it with the link, which is told this once */
export function invite(whom: Pick<Invitation, 'email' | 'role'>): Promise<Invitation & { readonly url: string }> {
  return request('/v1/invitations', { method: 'POST', json: whom });
}

export function takeInvitationBack(id: string): Promise<unknown> {
  return request(`/v1/invitations/${id}`, { method: 'DELETE' });
}

export function getOpenInvitation(token: string, signal?: AbortSignal): Promise<OpenInvitation> {
  return request(`/v1/invitations/open/${encodeURIComponent(token)}`, { signal });
}

export function acceptInvitation(token: string): Promise<unknown> {
  return request(`/v1/invitations/open/${encodeURIComponent(token)}/accept`, { method: 'POST' });
}

export function listRoles(signal?: AbortSignal): Promise<Roles> {
  return request('/v1/roles', { signal });
}

export function createRole(role: Pick<Role, 'name' | 'permissions'>): Promise<unknown> {
  return request('/v1/roles', { method: 'POST', json: role });
}

export function changeRolePermissions({ name, permissions }: Pick<Role, 'name' | 'permissions'>): Promise<unknown> {
  return request(`/v1/roles/${encodeURIComponent(name)}`, { method: 'PUT', json: { permissions } });
}

export function removeRole(name: string): Promise<unknown> {
  return request(`/v1/roles/${encodeURIComponent(name)}`, { method: 'DELETE' });
}
