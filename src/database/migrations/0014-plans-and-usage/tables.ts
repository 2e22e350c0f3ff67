const mebibyte = 1_048_576;
const gibibyte = 1_024 * mebibyte;
const daySeconds = 86_400;

/** Null: as much as the server can. */
const plans = `
  create table plans (
    id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    name text not null check (name <> ''),
    requests_per_minute integer check (requests_per_minute > 0),
    jobs_per_minute integer check (jobs_per_minute > 0),
    concurrent_jobs integer check (concurrent_jobs > 0),
    stored_bytes bigint check (stored_bytes >= 0),
    upload_bytes bigint check (upload_bytes > 0),
    images_per_month bigint check (images_per_month >= 0),
    audio_minutes_per_month bigint check (audio_minutes_per_month >= 0),
    retention_seconds bigint check (retention_seconds > 0),
    audit_retention_days integer check (audit_retention_days > 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`;

const known = `
  insert into plans (id, name, requests_per_minute, jobs_per_minute, concurrent_jobs, stored_bytes, upload_bytes,
    images_per_month, audio_minutes_per_month, retention_seconds, audit_retention_days)
  values
    ('unlimited', 'Unlimited', null, null, null, null, null, null, null, null, null),
    ('free', 'Free', 60, 10, 2, ${gibibyte}, ${25 * mebibyte}, 100, 30, ${7 * daySeconds}, 30),
    ('studio', 'Studio', 600, 120, 8, ${100 * gibibyte}, ${500 * mebibyte}, 5000, 600, ${90 * daySeconds}, 365)`;

const ofTenants = [
  `alter table tenants add column plan_id text not null default 'unlimited' references plans`,
  `alter table tenants add column status text not null default 'active' check (status in ('active', 'suspended'))`,
  'create index tenants_plan on tenants (plan_id)',
  `create index tenants_suspended on tenants (id) where status = 'suspended'`,
];

const ofTenant = 'tenant_id uuid not null references tenants on delete cascade';

/** A job that has been done, until it is added to its day. A job succeeds once, and is here once. */
const usageRecords = `
  create table usage_records (
    job_id uuid primary key,
    ${ofTenant},
    ended_at timestamptz not null default now(),
    images integer not null,
    audio_seconds double precision not null
  )`;

/** Days of UTC. */
const usageDays = `
  create table usage_days (
    tenant_id uuid not null references tenants on delete cascade,
    day text not null check (day ~ '^\\d{4}-\\d\\d-\\d\\d$'),
    images bigint not null,
    audio_seconds double precision not null,
    jobs bigint not null,
    primary key (tenant_id, day)
  )`;

/** What has begun or ceased to refer to an object, until it is added up. */
const storedChanges = `
  create table stored_changes (
    id bigint generated always as identity primary key,
    ${ofTenant},
    sha256 text not null,
    size_bytes bigint not null,
    delta integer not null
  )`;

/** Every object that a tenant's rows refer to, and how many do. */
const storedObjects = `
  create table stored_objects (
    tenant_id uuid not null references tenants on delete cascade,
    sha256 text not null,
    size_bytes bigint not null,
    refs bigint not null,
    primary key (tenant_id, sha256)
  )`;

const storedTotals = `
  create table stored_totals (
    tenant_id uuid primary key references tenants on delete cascade,
    size_bytes bigint not null
  )`;

/** Room that is held for an upload which is on its way; its asset has its id. */
const reservations = `
  create table storage_reservations (
    id uuid primary key,
    ${ofTenant},
    size_bytes bigint not null check (size_bytes >= 0),
    expires_at timestamptz not null
  )`;

const indexes = [
  'create index usage_records_tenant on usage_records (tenant_id, ended_at)',
  'create index stored_changes_tenant on stored_changes (tenant_id)',
  'create index stored_objects_gone on stored_objects (tenant_id) where refs <= 0',
  'create index storage_reservations_tenant on storage_reservations (tenant_id)',
  'create index storage_reservations_age on storage_reservations (expires_at)',
];

/** What is stored already. */
const count = [
  `insert into stored_objects (tenant_id, sha256, size_bytes, refs)
  select tenant_id, sha256, max(size_bytes), count(*) from (
    select tenant_id, sha256, size_bytes from assets
    union all select tenant_id, sha256, size_bytes from job_outputs join jobs on jobs.id = job_id
    union all select tenant_id, sha256, size_bytes from needed_results
  ) as reference group by tenant_id, sha256`,
  `insert into stored_totals (tenant_id, size_bytes)
  select tenant_id, sum(size_bytes) from stored_objects group by tenant_id`,
];

export const tables: readonly string[] = [
  plans,
  known,
  ...ofTenants,
  usageRecords,
  usageDays,
  storedChanges,
  storedObjects,
  storedTotals,
  reservations,
  ...indexes,
  ...count,
];
