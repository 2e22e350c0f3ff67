import { type Kysely, sql } from 'kysely';

/**
 * Who is told when a job ends, and what they have been told.
 *
 * The transaction that ends a job leaves a note in `webhook_outbox` for whoever wants to know; a dispatcher turns notes
 * into messages, one for each event, and into deliveries, one for each receiver of a message.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [keys, endpoints, outbox, messages, deliveries, ...indexes, noteEnded, ...notes]) {
    await statement.execute(db);
  }
}

const auditColumns = sql.raw(`
  created_at timestamptz not null default now(),
  created_by uuid not null,
  updated_at timestamptz not null default now(),
  updated_by uuid not null`);

const secretColumns = sql.raw(`
  secret text not null,
  previous_secret text,
  previous_secret_until timestamptz,
  check ((previous_secret is null) = (previous_secret_until is null))`);

/** For receivers that a job names itself. */
const keys = sql`
  create table webhook_keys (
    tenant_id uuid primary key references tenants,
    ${secretColumns}
  )`;

const endpoints = sql`
  create table webhook_endpoints (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    owner_id uuid not null,
    url text not null,
    events jsonb not null check (jsonb_typeof(events) = 'array' and events <> '[]'),
    description text,
    active boolean not null default true,
    disabled_reason text check (disabled_reason in ('gone', 'failing')),
    failing_since timestamptz,
    ${secretColumns},
    ${auditColumns},
    constraint webhook_endpoints_disabled check (not active or disabled_reason is null)
  )`;

const outbox = sql`
  create table webhook_outbox (
    id bigint generated always as identity primary key,
    tenant_id uuid not null,
    kind text not null,
    subject jsonb not null,
    created_at timestamptz not null default now()
  )`;

const messages = sql`
  create table webhook_messages (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    type text not null,
    subject_id uuid,
    event_key text unique,
    body text not null check (octet_length(body) <= 20000),
    created_at timestamptz not null default now()
  )`;

const deliveries = sql`
  create table webhook_deliveries (
    id uuid primary key,
    message_id uuid not null references webhook_messages on delete cascade,
    tenant_id uuid not null references tenants,
    endpoint_id uuid references webhook_endpoints on delete cascade,
    url text,
    lane text not null,
    state text not null default 'pending' check (state in ('pending', 'delivered', 'failed', 'cancelled')),
    attempts integer not null default 0,
    next_at timestamptz not null default now(),
    lease uuid,
    history jsonb not null default '[]',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint webhook_deliveries_receiver check ((endpoint_id is null) = (url is not null)),
    constraint webhook_deliveries_lease check (lease is null or state = 'pending')
  )`;

const indexes = [
  `create index webhook_endpoints_list on webhook_endpoints (tenant_id, id desc)`,
  // The one look that every job's end takes.
  `create index webhook_endpoints_active on webhook_endpoints (tenant_id) where active`,
  `create index webhook_messages_age on webhook_messages (created_at)`,
  `create index webhook_messages_subject on webhook_messages (subject_id) where subject_id is not null`,
  `create unique index webhook_deliveries_once on webhook_deliveries (message_id, endpoint_id)`,
  `create index webhook_deliveries_due on webhook_deliveries (lane, next_at) where state = 'pending'`,
  `create index webhook_deliveries_leased on webhook_deliveries (lane) where lease is not null`,
  `create index webhook_deliveries_of_endpoint on webhook_deliveries (endpoint_id, id desc)`,
  `create index webhook_deliveries_list on webhook_deliveries (tenant_id, id desc)`,
].map((statement) => sql.raw(statement));

/** As the job is now: it may be tried again, or be gone, before anybody is told. */
const noteEnded = sql`
  create function note_ended_job() returns trigger language plpgsql as $$
  begin
    if new.webhook_url is not null or exists (
      select from webhook_endpoints
      where tenant_id = new.tenant_id and active
        and (events ? ('job.' || new.status) or (new.batch_id is not null and events ? 'batch.finished'))
    ) then
      insert into webhook_outbox (tenant_id, kind, subject) values (new.tenant_id, 'job', to_jsonb(new));
    end if;
    return null;
  end $$`;

const hasEnded = `new.status in ('succeeded', 'failed', 'cancelled')
  and (not new.hidden or new.webhook_url is not null)`;

// For each row and under a condition, not for each statement: claims, leases and progress, which are most of what is
// written, pay for one comparison, where a trigger of the statement would be called, and be given a copy of the row.
const notes = [
  `create trigger jobs_ended after update on jobs for each row
    when (old.status is distinct from new.status and ${hasEnded}) execute function note_ended_job()`,
  `create trigger jobs_ended_at_once after insert on jobs for each row
    when (${hasEnded}) execute function note_ended_job()`,
].map((statement) => sql.raw(statement));
