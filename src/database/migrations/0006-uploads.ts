import { type Kysely, sql } from 'kysely';

/**
 * Uploads that go past us, straight into the object store: promised, not yet looked at. The asset takes the upload's
 * id, so that nothing else has to be remembered of an upload that has become one.
 *
 * Uploads that come in pieces, with the same promise. What became of one is kept for those who ask again: it finished, and
 * why it was refused if it was.
 *
 * Locks of processes that share a database and nothing else. They mean nothing after a crash of it.
 *
 * And how long a tenant's results are kept, where its plan says something else than the configuration; 0: for ever.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}

const statements = [
  `create table pending_uploads (
    id uuid primary key,
    tenant_id uuid not null references tenants on delete cascade,
    owner_id uuid not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes bigint not null check (size_bytes > 0),
    name text,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
  )`,
  'create index pending_uploads_tenant on pending_uploads (tenant_id, expires_at)',
  'create index pending_uploads_expiry on pending_uploads (expires_at)',
  `create table uploads (
    id uuid primary key,
    tenant_id uuid not null references tenants on delete cascade,
    owner_id uuid not null,
    size_bytes bigint check (size_bytes >= 0),
    name text,
    metadata text,
    error_code text,
    error_detail text,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    finished_at timestamptz,
    constraint uploads_refusal check ((error_code is null) = (error_detail is null) and (error_code is null or finished_at is not null))
  )`,
  'create index uploads_tenant on uploads (tenant_id) where finished_at is null',
  'create index uploads_expiry on uploads (expires_at)',
  `create unlogged table locks (
    name text primary key,
    holder uuid not null,
    expires_at timestamptz not null
  )`,
  'alter table tenants add column result_ttl_seconds bigint check (result_ttl_seconds >= 0)',
].map((statement) => sql.raw(statement));
