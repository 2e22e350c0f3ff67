import type { ColumnType, Generated } from 'kysely';

/** The tables of `migrations/0011-identity.ts`: who people are, and where they are signed in. */
export interface IdentityTables {
  people: PersonTable;
  sessions: SessionTable;
  credentials: CredentialTable;
  verifications: VerificationTable;
  second_factors: SecondFactorTable;
  passkeys: PasskeyTable;
  setup_tokens: SetupTokenTable;
}

type Timestamp = ColumnType<Date, Date | undefined, Date>;

interface Times {
  created_at: Timestamp;
  updated_at: Timestamp;
}

interface PersonTable extends Times {
  id: string;
  /** In small letters. */
  email: string;
  email_verified: Generated<boolean>;
  name: string;
  image: string | null;
  /** What mails are written in. */
  language: string | null;
  two_factor: Generated<boolean>;
  /** Runs this server. */
  operator: Generated<boolean>;
  /** The first who ran it; one at most. */
  founder: Generated<boolean>;
  disabled_at: Date | null;
}

interface SessionTable extends Times {
  id: string;
  person_id: string;
  token: string;
  workspace_id: string | null;
  ip_address: string | null;
  user_agent: string | null;
  expires_at: Date;
}

interface CredentialTable extends Times {
  id: string;
  person_id: string;
  /** `credential` for a password. */
  provider: string;
  account_id: string;
  /** Its hash. */
  password: string | null;
  access_token: string | null;
  access_token_expires_at: Date | null;
  refresh_token: string | null;
  refresh_token_expires_at: Date | null;
  id_token: string | null;
  scope: string | null;
}

interface VerificationTable extends Times {
  id: string;
  identifier: string;
  value: string;
  expires_at: Date;
}

interface SecondFactorTable {
  id: string;
  person_id: string;
  /** Encrypted. */
  secret: string;
  backup_codes: string;
  verified: Generated<boolean>;
  failures: Generated<number>;
  locked_until: Date | null;
}

interface PasskeyTable {
  id: string;
  person_id: string;
  name: string | null;
  credential_id: string;
  public_key: string;
  counter: number;
  device_type: string;
  backed_up: boolean;
  transports: string | null;
  aaguid: string | null;
  created_at: Timestamp;
}

interface SetupTokenTable {
  token_hash: string;
  created_at: Timestamp;
}
