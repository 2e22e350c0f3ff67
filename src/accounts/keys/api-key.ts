import type { Acting } from '../acting.ts';
import type { Permission } from '../permissions.ts';

/** A key by which a program acts for a workspace. Its secret is shown once, when it is made. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** How it begins. */
  readonly prefix: string;
  /** The most that it may: at each use, what of it its holder may as well. */
  readonly scopes: readonly Permission[];
  readonly createdAt: Date;
  /** Who answers for it: who made it, or took it over by rotating it. It dies when they leave. */
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly requestsPerMinute: number | null;
  readonly revokedAt: Date | null;
  /** How long the secret that it had before its rotation holds as well; null when it does not. */
  readonly previousUntil: Date | null;
}

/** With the key itself, which nobody can read again. */
export interface NewApiKey extends ApiKey {
  readonly key: string;
}

export interface ApiKeyRequest {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly expiresAt?: Date | null | undefined;
  readonly requestsPerMinute?: number | null | undefined;
}

/**
 * The keys of a workspace. Nobody makes, changes or takes over a key that may more than they do; a key that makes others
 * gives them no more time and no more requests than it has, and cannot change itself.
 */
export interface ApiKeys {
  /** Newest first; revoked ones for some weeks. */
  list(tenantId: string): Promise<ApiKey[]>;
  /** @throws AppError FORBIDDEN, KEY_LIMIT, INVALID_PARAMETERS */
  create(by: Acting, request: ApiKeyRequest): Promise<NewApiKey>;
  /** @throws AppError KEY_NOT_FOUND, FORBIDDEN, INVALID_PARAMETERS */
  update(by: Acting, id: string, changes: Partial<ApiKeyRequest>): Promise<ApiKey>;
  /**
   * A new secret for the same key; who asks answers for it from now on.
   *
   * @param overlapSeconds how long the old secret holds as well
   * @throws AppError KEY_NOT_FOUND, FORBIDDEN
   */
  rotate(by: Acting, id: string, overlapSeconds: number): Promise<NewApiKey>;
  /** Everywhere within a second, for good. @throws AppError KEY_NOT_FOUND, FORBIDDEN */
  revoke(by: Acting, id: string): Promise<void>;
}
