import type { ColumnType, JSONColumnType } from 'kysely';

/** The tables of `migrations/0012-access.ts`: who belongs to which tenant, and may what there. */
export interface AccessTables {
  members: MemberTable;
  roles: RoleTable;
  invitations: InvitationTable;
  api_keys: ApiKeyTable;
  token_users: TokenUserTable;
}

type Timestamp = ColumnType<Date, Date | undefined, Date>;

interface AuditColumns {
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
  updated_by: string;
}

interface MemberTable extends AuditColumns {
  tenant_id: string;
  user_id: string;
  /** Of `roles`, or one that comes with the program. */
  role: string;
}

/** A tenant's own. */
interface RoleTable extends AuditColumns {
  tenant_id: string;
  name: string;
  permissions: JSONColumnType<readonly string[]>;
}

/** Open ones; what was accepted or taken back is gone. */
interface InvitationTable extends AuditColumns {
  id: string;
  tenant_id: string;
  /** In small letters. */
  email: string;
  role: string;
  /** SHA-256 of the token, hexadecimal. */
  token_hash: string;
  /** Who answers for it: the role must lie within what they may when it is accepted. Null: those who run the server. */
  granted_by: string | null;
  expires_at: Date;
}

interface ApiKeyTable extends AuditColumns {
  /** 16 letters and digits; the middle part of the key. */
  id: string;
  tenant_id: string;
  name: string;
  /** SHA-256 of the secret, hexadecimal. */
  secret_hash: string;
  /** Of the secret before it, which holds for a while after a rotation. */
  previous_hash: string | null;
  previous_until: Date | null;
  scopes: JSONColumnType<readonly string[]>;
  requests_per_minute: number | null;
  expires_at: Date | null;
  /** To the minute. */
  last_used_at: Date | null;
  revoked_at: Date | null;
}

/** Users for whom an outside identity provider speaks, since they were first seen in a tenant. */
interface TokenUserTable {
  tenant_id: string;
  user_id: string;
  issuer: string;
  subject: string;
  email: string | null;
  name: string | null;
  created_at: Timestamp;
}
