import type { Acting } from '../acting.ts';
import type { Permission } from '../permissions.ts';

/** What a person may in one workspace. */
export interface Membership {
  readonly tenantId: string;
  readonly tenantName: string;
  /** The name of a role: one that comes with the program, or the tenant's own. */
  readonly role: string;
  readonly permissions: readonly Permission[];
}

/** Who belongs where. */
export interface Memberships {
  /** Oldest first; the first is where a session acts that has chosen none. */
  of(userId: string): Promise<Membership[]>;
  /**
   * A new workspace, with its first owner.
   *
   * @returns the tenant's id
   * @throws AppError TENANT_LIMIT when they belong to as many as one may
   */
  found(name: string, ownerUserId: string, options?: FoundOptions): Promise<string>;
}

export interface FoundOptions {
  /**
   * The first of this server: takes over the workspace that was used while nobody signed in, with all that is in it, as
   * long as nobody belongs to it.
   */
  readonly first?: boolean;
  /** Who does it, where it is not the owner. */
  readonly by?: Acting;
}

export interface OpenInvitation {
  readonly email: string;
  readonly tenantId: string;
  readonly tenantName: string;
  readonly role: string;
}

/** Tokens by which people may join; kept as hashes, for seven days, good for once. */
export interface Invitations {
  /** @returns undefined for a token that is wrong, used, taken back or too old */
  find(token: string): Promise<OpenInvitation | undefined>;
  /** Makes the user a member. @throws AppError INVITATION_NOT_FOUND, or FORBIDDEN when it is for another address */
  accept(token: string, user: { readonly id: string; readonly email: string }): Promise<void>;
}
