import { queryOptions } from '@tanstack/react-query';
import { request } from './client.ts';

/** A part of what a role or a key may: the server names them. */
export type Permission = string;

/** Who asks, where they are, and what they may there: the answer of GET /v1/auth/me. */
export interface Me {
  /** `local`: nobody signs in here. `proxy`: something before the server lets people in. */
  readonly mode: 'local' | 'proxy' | 'accounts';
  /** Nobody runs this server yet. */
  readonly needsSetup: boolean;
  readonly signUp: 'invitation' | 'open';
  /** Other places where people have an account with which they may come in. */
  readonly oidc: readonly { readonly id: string; readonly name: string }[];
  readonly user?: User;
  readonly tenant?: { readonly id: string; readonly name: string; readonly status: 'active' | 'suspended' };
  readonly role?: string;
  readonly tenants: readonly TenantOfMe[];
  readonly permissions: readonly Permission[];
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly twoFactor: boolean;
  /** Runs the server. */
  readonly operator: boolean;
  readonly emailVerified: boolean;
}

export interface TenantOfMe {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

/** Asked once for as long as the page is open, and again after each change of it. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }): Promise<Me> => request('/v1/auth/me', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

/** Whether something may be done; where nobody knows who asks, everything is offered and the server decides. */
export function may(me: Me | undefined, permission: Permission): boolean {
  return me?.mode !== 'accounts' || me.permissions.includes(permission);
}
