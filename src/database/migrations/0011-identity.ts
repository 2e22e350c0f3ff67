import { type Kysely, sql } from 'kysely';

/** Who people are: what they sign in with, and where they are signed in. What they may is in other tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const times = `
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()`;

const statements = [
  // founder: the first who ran this server; there is one at most, whoever comes at the same time.
  `create table people (
    id uuid primary key,
    email text not null unique check (email = lower(email)),
    email_verified boolean not null default false,
    name text not null,
    image text,
    language text,
    two_factor boolean not null default false,
    operator boolean not null default false,
    founder boolean not null default false,
    disabled_at timestamptz,
    ${times}
  )`,
  'create unique index people_founder on people (founder) where founder',
  // workspace_id: the tenant that its owner has chosen to act in.
  `create table sessions (
    id uuid primary key,
    person_id uuid not null references people on delete cascade,
    token text not null unique,
    workspace_id uuid,
    ip_address text,
    user_agent text,
    expires_at timestamptz not null,
    ${times}
  )`,
  'create index sessions_person on sessions (person_id)',
  'create index sessions_end on sessions (expires_at)',
  // A password, or an account with an outside identity provider.
  `create table credentials (
    id uuid primary key,
    person_id uuid not null references people on delete cascade,
    provider text not null,
    account_id text not null,
    password text,
    access_token text,
    access_token_expires_at timestamptz,
    refresh_token text,
    refresh_token_expires_at timestamptz,
    id_token text,
    scope text,
    ${times},
    unique (provider, account_id)
  )`,
  'create index credentials_person on credentials (person_id)',
  // What was sent out or begun and has not come back: links of mails, second factors, challenges.
  `create table verifications (
    id uuid primary key,
    identifier text not null,
    value text not null,
    expires_at timestamptz not null,
    ${times}
  )`,
  'create index verifications_identifier on verifications (identifier)',
  'create index verifications_end on verifications (expires_at)',
  `create table second_factors (
    id uuid primary key,
    person_id uuid not null unique references people on delete cascade,
    secret text not null,
    backup_codes text not null,
    verified boolean not null default true,
    failures integer not null default 0,
    locked_until timestamptz
  )`,
  `create table passkeys (
    id uuid primary key,
    person_id uuid not null references people on delete cascade,
    name text,
    credential_id text not null unique,
    public_key text not null,
    counter bigint not null,
    device_type text not null,
    backed_up boolean not null,
    transports text,
    aaguid text,
    created_at timestamptz not null default now()
  )`,
  'create index passkeys_person on passkeys (person_id)',
  // By which the first administrator proves to own this server: one of each process that started since.
  `create table setup_tokens (
    token_hash text primary key check (token_hash ~ '^[0-9a-f]{64}$'),
    created_at timestamptz not null default now()
  )`,
];
