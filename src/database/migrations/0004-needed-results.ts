import { type Kysely, sql } from 'kysely';

/** What jobs start from and share, by the key of the work: a mask is made once for all the backgrounds under it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table needed_results (
      tenant_id uuid not null references tenants,
      result_key text not null check (result_key ~ '^[0-9a-f]{64}$'),
      sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
      media_type text not null,
      size_bytes bigint not null check (size_bytes >= 0),
      data jsonb,
      made_at timestamptz not null default now(),
      used_at timestamptz not null default now(),
      primary key (tenant_id, result_key)
    )`.execute(db);
  await sql`create index needed_results_sha256 on needed_results (sha256)`.execute(db);
  await sql`create index needed_results_used on needed_results (used_at)`.execute(db);
}
