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

/** An act as it stands on record. */
export interface AuditEntry {
  readonly id: string;
  /** Its place in its chain: 1 and up. */
  readonly number: number;
  readonly at: Date;
  readonly action: string;
  /** Undefined once a person's data was erased from it. */
  readonly content: ActContent | undefined;
  /** Of the person or the key, as they are called now; null when they are gone. */
  readonly byName: string | null;
}

export type ActContent = Omit<Act, 'tenantId' | 'action'>;

export interface AuditFilter {
  readonly action?: string | undefined;
  /** The id of a user or of a key. */
  readonly by?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface ChainEnd {
  readonly number: number;
  readonly hash: string;
}

export interface ChainsReport {
  readonly chains: number;
  readonly entries: number;
  readonly blanked: number;
  readonly intact: boolean;
  readonly brokenAt?: number;
  readonly reason?: string;
  /** A tenant's id, or `server`. */
  readonly brokenIn?: string;
}

/** What came of following a chain from its beginning to its end. */
export interface ChainReport {
  readonly entries: number;
  /** Of these, those from which a person's data was erased. */
  readonly blanked: number;
  readonly intact: boolean;
  /** Where it ends: kept elsewhere, it shows later that nothing before it was written anew. */
  readonly head: ChainEnd;
  readonly brokenAt?: { readonly number: number; readonly reason: string };
}

/** The record, to be read. What was done before a call is in its answer. Null as a tenant: the server itself. */
export interface AuditLog {
  /** Newest first. @throws AppError BAD_REQUEST for a cursor that is none */
  list(
    tenantId: string | null,
    filter: AuditFilter & { readonly cursor?: string; readonly limit: number },
  ): Promise<{ items: AuditEntry[]; nextCursor: string | null }>;
  /** All that match, oldest first; some hundred are in memory at once. */
  entries(tenantId: string | null, filter: AuditFilter): AsyncGenerator<AuditEntry>;
  /** @param known an end that the chain once had: the entry must still be there, as it was */
  verify(tenantId: string | null, known?: ChainEnd): Promise<ChainReport>;
  /** Every chain there is, up to the first that is broken. */
  verifyAll(): Promise<ChainsReport>;
}
