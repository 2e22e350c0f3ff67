import type { Principal } from '#accounts/principal.ts';
import type { ActOrigin } from '#audit/audit.ts';

/** Whose data: of the person who asks, or of the workspace they act in. */
export type Scope = 'me' | 'tenant';

export interface Consent {
  readonly purpose: string;
  readonly given: boolean;
  readonly at: Date;
}

export interface PrivacyExport {
  readonly id: string;
  readonly of: Scope;
  readonly status: 'queued' | 'running' | 'ready' | 'failed';
  readonly createdAt: Date;
  /** When the archive goes; null while there is none. */
  readonly expiresAt: Date | null;
  readonly sizeBytes: number | null;
}

export interface Erasure {
  readonly id: string;
  readonly of: Scope;
  /** `blocked`: the person is the last owner of a workspace by now. */
  readonly status: 'pending' | 'running' | 'blocked' | 'done' | 'cancelled';
  /** Until then it may be called off. */
  readonly dueAt: Date;
}

export interface PrivacyOverview {
  /** The newest of each purpose. */
  readonly consents: readonly Consent[];
  readonly retention: Retention;
  readonly exports: readonly PrivacyExport[];
  readonly erasures: readonly Erasure[];
}

/** Null: for ever. */
export interface Retention {
  readonly resultTtlSeconds: number | null;
  readonly auditRetentionDays: number | null;
  readonly exportDays: number;
  readonly erasureGraceDays: number;
}

/** What people may have done with what is known of them. `tenant` needs `privacy:write`. */
export interface Privacy {
  overview(actor: Principal): Promise<PrivacyOverview>;
  /** Every change is kept. @throws AppError INVALID_PARAMETERS for more changes than anybody makes */
  consent(actor: Principal, purpose: string, given: boolean, origin: ActOrigin): Promise<Consent>;
  /** One that is being made already is the answer. @throws AppError FORBIDDEN */
  requestExport(actor: Principal, of: Scope, origin: ActOrigin): Promise<PrivacyExport>;
  /** @throws AppError EXPORT_NOT_FOUND */
  export(actor: Principal, id: string): Promise<PrivacyExport>;
  /** Where the bytes are. @throws AppError EXPORT_NOT_FOUND, EXPORT_NOT_READY */
  archive(actor: Principal, id: string, origin: ActOrigin): Promise<Archive>;
  /**
   * @param confirm the person's address, or the workspace's name
   * @throws AppError FORBIDDEN, INVALID_PARAMETERS, LAST_OWNER, ERASURE_UNDER_WAY
   */
  requestErasure(actor: Principal, of: Scope, confirm: string, origin: ActOrigin): Promise<Erasure>;
  /** @throws AppError ERASURE_NOT_FOUND, ERASURE_UNDER_WAY once it has begun */
  callOff(actor: Principal, id: string, origin: ActOrigin): Promise<void>;
}

export interface Archive {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly of: Scope;
  readonly createdAt: Date;
}

export const exportDays = 3;
