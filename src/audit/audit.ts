import type { Transaction } from 'kysely';
import type { Principal } from '#accounts/principal.ts';
import type { Database } from '#database/schema.ts';

/** Where an act came from. */
export interface ActOrigin {
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Something that somebody did and that others may have to know of later. */
export interface Act {
  /** Null: it is about the server itself. */
  readonly tenantId: string | null;
  /** Null: the program itself. */
  readonly by: Pick<Principal, 'kind' | 'userId' | 'credentialId'> | null;
  /** What was done, subject first: `member.invited`, `key.revoked`, `asset.removed`, `session.failed`. */
  readonly action: string;
  readonly subject: { readonly kind: string; readonly id: string };
  /** What of it changed. Never a secret, nor the content of a file. */
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  readonly after?: Readonly<Record<string, unknown>> | undefined;
  readonly origin?: ActOrigin | undefined;
}

/** The record of acts, to which can only be added. */
export interface Audit {
  /** @param db the transaction that does what is recorded: both happen, or neither */
  record(act: Act, db?: Transaction<Database>): Promise<void>;
}
