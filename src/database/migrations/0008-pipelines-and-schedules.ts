import { type Kysely, sql } from 'kysely';

/** Chains of jobs, each feeding the next, and work that is asked for at set times. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [pipelines, pipelineSteps, ...derivedAssets, schedules, ...indexes, ...notes]) {
    await statement.execute(db);
  }
}

const auditColumns = sql.raw(`
  created_at timestamptz not null default now(),
  created_by uuid not null,
  updated_at timestamptz not null default now(),
  updated_by uuid not null`);

/** How far the jobs of a pipeline are stays in their rows; here stands what has been concluded from them. */
const pipelines = sql`
  create table pipelines (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    owner_id uuid not null,
    name text,
    status text not null check (status in ('active', 'succeeded', 'failed', 'cancelled')),
    priority text not null check (priority in ('low', 'normal', 'high')),
    metadata jsonb,
    webhook_url text,
    idempotency_key text,
    request_fingerprint text,
    finished_at timestamptz,
    ${auditColumns},
    constraint pipelines_finished check ((status = 'active') = (finished_at is null)),
    constraint pipelines_idempotency check ((idempotency_key is null) = (request_fingerprint is null))
  )`;

/** A step has a job once all that it refers to have succeeded. The job may be removed before it. */
const pipelineSteps = sql`
  create table pipeline_steps (
    pipeline_id uuid not null references pipelines on delete cascade,
    "index" integer not null check ("index" >= 0),
    step text not null,
    processor text not null,
    params jsonb not null,
    inputs jsonb not null,
    status text not null check (status in ('waiting', 'started', 'succeeded', 'failed', 'cancelled', 'skipped')),
    job_id uuid,
    error_code text,
    error_detail text,
    primary key (pipeline_id, "index"),
    constraint pipeline_steps_name unique (pipeline_id, step),
    constraint pipeline_steps_job check (status <> 'started' or job_id is not null),
    constraint pipeline_steps_error check ((error_code is null) = (error_detail is null))
  )`;

/** An output that a later step works on: an asset that goes with its pipeline, and that no list shows. */
const derivedAssets = [
  sql`alter table assets add column pipeline_id uuid references pipelines on delete cascade`,
  sql`create unique index assets_derived on assets (pipeline_id, sha256) where pipeline_id is not null`,
];

/** `run_*` tell of the last time that was due; `run_id` is of the last run that was started. */
const schedules = sql`
  create table schedules (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    owner_id uuid not null,
    name text,
    cron text not null,
    time_zone text not null,
    kind text not null check (kind in ('job', 'batch', 'pipeline')),
    request jsonb not null,
    overlap text not null check (overlap in ('skip', 'allow')),
    paused boolean not null default false,
    next_at timestamptz,
    run_id uuid,
    run_at timestamptz,
    run_status text check (run_status in ('started', 'skipped', 'failed')),
    run_error_code text,
    run_error_detail text,
    ${auditColumns},
    constraint schedules_run check ((run_at is null) = (run_status is null)),
    constraint schedules_error check (
      (run_error_code is null) = (run_error_detail is null)
      and (run_error_code is not null) = (run_status is not distinct from 'failed'))
  )`;

const indexes = [
  `create index pipelines_list on pipelines (tenant_id, id desc)`,
  `create index pipelines_active on pipelines (id) where status = 'active'`,
  `create index pipelines_finished on pipelines (finished_at) where finished_at is not null`,
  `create unique index pipelines_idempotency on pipelines (tenant_id, idempotency_key)
    where idempotency_key is not null`,
  `create index pipeline_steps_job on pipeline_steps (job_id) where status = 'started'`,
  `create index pipeline_steps_unfinished on pipeline_steps (pipeline_id) where status in ('waiting', 'started')`,
  `create index schedules_list on schedules (tenant_id, id desc)`,
  `create index schedules_due on schedules (next_at) where not paused`,
].map((statement) => sql.raw(statement));

/** For those who want to be told, as of jobs: see 0007-webhooks.ts. */
const notes = [
  `create function note_ended_pipeline() returns trigger language plpgsql as $$
  begin
    if new.webhook_url is not null or exists (
      select from webhook_endpoints
      where tenant_id = new.tenant_id and active and events ? ('pipeline.' || new.status)
    ) then
      insert into webhook_outbox (tenant_id, kind, subject) values (new.tenant_id, 'pipeline', to_jsonb(new));
    end if;
    return null;
  end $$`,
  `create trigger pipelines_ended after update on pipelines for each row
    when (old.status is distinct from new.status and new.status <> 'active') execute function note_ended_pipeline()`,
].map((statement) => sql.raw(statement));
