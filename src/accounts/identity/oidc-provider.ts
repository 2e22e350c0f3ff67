import type { GenericOAuthConfig } from 'better-auth/plugins';

export interface OidcOptions {
  /** Without a slash at its end. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  /** Whom it may sign in; empty: everybody it knows. */
  readonly emailDomains: readonly string[];
}

/** There is one; its name is part of the address that people come back to. */
export const oidcProviderId = 'oidc';

/** Says who signs in by an ID token, whose signature, audience and nonce are checked; PKCE and state always. */
export function oidcProvider({ issuer, clientId, clientSecret, name }: OidcOptions): GenericOAuthConfig {
  return {
    providerId: oidcProviderId,
    name,
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    requireIdTokenVerification: true,
    clientId,
    clientSecret,
    scopes: ['openid', 'email', 'profile'],
    pkce: true,
    disableProviderLogout: true,
    mapProfileToUser: (profile) => ({ name: nameOf(profile) }),
  };
}

function nameOf(profile: { name?: unknown; email?: unknown }): string {
  const { name, email } = profile;
  if (typeof name === 'string' && name.trim() !== '') return name.trim().slice(0, 200);
  return typeof email === 'string' ? (email.split('@')[0] ?? '') : '';
}
