import { type Kysely, sql } from 'kysely';
import { protectTenantRows } from '../tenant-rows.ts';

/**
 * What people have agreed to, copies of what is known of them, and its erasure.
 *
 * Bytes belong to nobody: they are kept under their hash as long as a row refers to them. So an erasure writes down which
 * ones its rows referred to, and removes those that no other row does. Whoever has put the very same bytes into the store
 * meanwhile and is about to write a row for them must not lose them: rows for an object and its removal exclude each other
 * by a lock, and for a minute after a removal such rows are refused, so that the file is sent again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
  await protectTenantRows(db, 'privacy_exports', { commands: [] });
  await protectTenantRows(db, 'erasures', { commands: [] });
}

const scope = `scope text not null check (scope in ('me', 'tenant'))`;

const guarded = ['assets', 'job_outputs', 'needed_results'];

const statements = [
  `create table consents (
    id uuid primary key,
    person_id uuid not null,
    purpose text not null check (purpose ~ '^[a-z][a-z0-9-]{0,63}$'),
    given boolean not null,
    at timestamptz not null default now()
  )`,
  'create index consents_person on consents (person_id, purpose, at desc)',
  `create table privacy_exports (
    id uuid primary key,
    ${scope},
    tenant_id uuid references tenants on delete cascade,
    person_id uuid not null,
    status text not null check (status in ('queued', 'running', 'ready', 'failed')),
    lease_until timestamptz,
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes bigint check (size_bytes >= 0),
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    expires_at timestamptz,
    constraint privacy_exports_scope check ((scope = 'tenant') = (tenant_id is not null)),
    constraint privacy_exports_ready check ((status = 'ready') = (sha256 is not null))
  )`,
  'create index privacy_exports_person on privacy_exports (person_id, created_at)',
  'create index privacy_exports_tenant on privacy_exports (tenant_id, created_at) where tenant_id is not null',
  `create index privacy_exports_unfinished on privacy_exports (created_at) where status in ('queued', 'running')`,
  'create index privacy_exports_sha256 on privacy_exports (sha256) where sha256 is not null',
  `create table erasures (
    id uuid primary key,
    ${scope},
    tenant_id uuid,
    person_id uuid,
    status text not null check (status in ('pending', 'running', 'blocked', 'done', 'cancelled')),
    lease_until timestamptz,
    requested_at timestamptz not null default now(),
    due_at timestamptz not null,
    finished_at timestamptz
  )`,
  `create index erasures_due on erasures (due_at) where status in ('pending', 'running')`,
  `create unique index erasures_once on erasures (scope, coalesce(tenant_id, person_id))
    where status in ('pending', 'running', 'blocked')`,
  `create table erased_objects (
    sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    erased_at timestamptz
  )`,
  'create index erased_objects_waiting on erased_objects (sha256) where erased_at is null',
  `create table erasure_tombstones (
    id_hash text primary key check (id_hash ~ '^[0-9a-f]{64}$'),
    ${scope},
    erased_at timestamptz not null default now()
  )`,
  // Few locks for many hashes: a batch may write thousands of rows.
  `create function lock_object(hash text, alone boolean) returns void language plpgsql as $$
  begin
    if alone then perform pg_advisory_xact_lock(735221017, hashtext(hash) & 63);
    else perform pg_advisory_xact_lock_shared(735221017, hashtext(hash) & 63);
    end if;
  end $$`,
  `create function refuse_erased_object() returns trigger language plpgsql
    security definer set search_path from current as $$
  begin
    perform lock_object(new.sha256, false);
    if exists (
      select from erased_objects where sha256 = new.sha256 and erased_at > clock_timestamp() - interval '1 minute'
    ) then
      raise exception 'object % was just erased', new.sha256
        using errcode = 'ESPLN', detail = '{"code":"OBJECT_ERASED"}';
    end if;
    return new;
  end $$`,
  ...guarded.map(
    (table) => `create trigger ${table}_not_erased before insert or update of sha256 on ${table}
      for each row execute function refuse_erased_object()`,
  ),
];
