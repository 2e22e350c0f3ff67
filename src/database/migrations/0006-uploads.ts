import { type Kysely, sql } from 'kysely';

/**
 * Uploads that go past us, straight into the object store: promised, not yet looked at. The asset takes the upload's
 * id, so that nothing else has to be remembered of an upload that has become one.
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
  'alter table tenants add column result_ttl_seconds bigint check (result_ttl_seconds >= 0)',
].map((statement) => sql.raw(statement));
