import { type Kysely, sql } from 'kysely';

/** Outputs that somebody may read without a login who has the address, until that is taken back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [shares, list]) await statement.execute(db);
}

const shares = sql`
  create table shares (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    owner_id uuid not null,
    job_id uuid not null references jobs on delete cascade,
    output_index integer not null check (output_index >= 0),
    name text,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    updated_at timestamptz not null default now(),
    updated_by uuid not null
  )`;

const list = sql`create index shares_job on shares (job_id, id desc)`;
