import type { Actor } from '#kernel/actor.ts';
import type { Permission } from './permissions.ts';

/** Who a request is from, and what they may: all that is known of it after one look at its credentials. */
export interface Principal extends Actor {
  /** `local`: nobody signs in here. `token`: an outside identity provider speaks for the user. */
  readonly kind: 'local' | 'user' | 'key' | 'token';
  /** The session or the key; what limits and the record of acts are kept by. */
  readonly credentialId: string;
  readonly permissions: ReadonlySet<Permission>;
  /** Of a key that has a limit of its own. */
  readonly requestsPerMinute?: number | undefined;
}

/** The tenant of who belongs to none: no row has it. */
export const noTenantId = '00000000-0000-0000-0000-000000000000';
