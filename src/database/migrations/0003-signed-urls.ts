import { type Kysely, sql } from 'kysely';

/**
 * Keys that all processes share, and jobs that nobody asked for by name: those behind the addresses of pictures. They
 * stay out of lists.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table secrets (
      name text primary key,
      value text not null check (value <> ''),
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`alter table jobs add column hidden boolean not null default false`.execute(db);
  await sql`drop index jobs_list`.execute(db);
  await sql`create index jobs_list on jobs (tenant_id, id desc) where not hidden`.execute(db);
}
