import { type Kysely, sql } from 'kysely';

/**
 * Who belongs to which tenant and may what there. People are in tables of their own, and a user may also be one for whom
 * an outside identity provider speaks: ids of users are no foreign keys.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const auditColumns = `
  created_at timestamptz not null default now(),
  created_by uuid not null,
  updated_at timestamptz not null default now(),
  updated_by uuid not null`;

const statements = [
  `create table members (
    tenant_id uuid not null references tenants on delete cascade,
    user_id uuid not null,
    role text not null check (role <> ''),
    ${auditColumns},
    primary key (tenant_id, user_id)
  )`,
  'create index members_user on members (user_id, created_at)',
  'create index members_role on members (tenant_id, role)',
  // Those that come with the program are the same everywhere, and no tenant may call its own like them.
  `create table roles (
    tenant_id uuid not null references tenants on delete cascade,
    name text not null check (name <> '' and name not in ('owner', 'admin', 'editor', 'viewer')),
    permissions jsonb not null check (jsonb_typeof(permissions) = 'array' and not permissions @? '$[*] ? (@ starts with "instance:")'),
    ${auditColumns},
    primary key (tenant_id, name)
  )`,
  // Accepted and taken back ones are gone. granted_by: whose permissions the role must lie within; null: the server's.
  `create table invitations (
    id uuid primary key,
    tenant_id uuid not null references tenants on delete cascade,
    email text not null check (email = lower(email)),
    role text not null check (role <> ''),
    token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
    granted_by uuid,
    expires_at timestamptz not null,
    ${auditColumns},
    unique (tenant_id, email)
  )`,
  `create table api_keys (
    id text primary key check (id ~ '^[0-9A-Za-z]{16}$'),
    tenant_id uuid not null references tenants on delete cascade,
    name text not null check (name <> ''),
    secret_hash text not null check (secret_hash ~ '^[0-9a-f]{64}$'),
    previous_hash text check (previous_hash ~ '^[0-9a-f]{64}$'),
    previous_until timestamptz,
    scopes jsonb not null check (jsonb_typeof(scopes) = 'array'),
    requests_per_minute integer check (requests_per_minute > 0),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    ${auditColumns},
    constraint api_keys_overlap check ((previous_hash is null) = (previous_until is null))
  )`,
  'create index api_keys_list on api_keys (tenant_id, created_at desc)',
  // Users of an outside identity provider, when they are first seen in a tenant; the id is the same in all of them.
  `create table token_users (
    tenant_id uuid not null references tenants on delete cascade,
    user_id uuid not null,
    issuer text not null,
    subject text not null,
    email text,
    name text,
    created_at timestamptz not null default now(),
    primary key (tenant_id, user_id)
  )`,
  'create index token_users_user on token_users (user_id)',
];
