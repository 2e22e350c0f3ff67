import { type Kysely, sql } from 'kysely';

/** Chains of jobs, each feeding the next, and work that is asked for at set times. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [pipelines, pipelineSteps, ...derivedAssets, ...indexes]) await statement.execute(db);
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

const indexes = [
  `create index pipelines_list on pipelines (tenant_id, id desc)`,
  `create index pipelines_active on pipelines (id) where status = 'active'`,
  `create index pipelines_finished on pipelines (finished_at) where finished_at is not null`,
  `create unique index pipelines_idempotency on pipelines (tenant_id, idempotency_key)
    where idempotency_key is not null`,
  `create index pipeline_steps_job on pipeline_steps (job_id) where status = 'started'`,
].map((statement) => sql.raw(statement));
