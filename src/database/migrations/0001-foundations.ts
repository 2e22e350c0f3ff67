import { type Kysely, sql } from 'kysely';
import { localTenantId, localUserId } from '../local-tenant.ts';

/** Tenants, assets, jobs. What the program must never write, the database refuses. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    tenants,
    assets,
    jobs,
    checkJobTransition,
    jobTransition,
    jobInputs,
    jobOutputs,
    ...indexes,
  ]) {
    await statement.execute(db);
  }
  await sql`
    insert into tenants (id, name, created_by, updated_by)
    values (${localTenantId}, 'local', ${localUserId}, ${localUserId})`.execute(db);
}

const auditColumns = sql.raw(`
  created_at timestamptz not null default now(),
  created_by uuid not null,
  updated_at timestamptz not null default now(),
  updated_by uuid not null`);

const mediaColumns = sql.raw(`
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  media_type text not null,
  size_bytes bigint not null check (size_bytes >= 0)`);

const dimensionColumns = sql.raw(`
  width_px integer check (width_px > 0),
  height_px integer check (height_px > 0),
  frames integer check (frames > 0),
  duration_seconds double precision check (duration_seconds >= 0)`);

const tenants = sql`
  create table tenants (
    id uuid primary key,
    name text not null,
    ${auditColumns}
  )`;

const assets = sql`
  create table assets (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    owner_id uuid not null,
    ${mediaColumns},
    ${dimensionColumns},
    name text,
    ${auditColumns}
  )`;

const jobs = sql`
  create table jobs (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    owner_id uuid not null,
    processor text not null,
    processor_version integer not null,
    params jsonb not null,
    result_key text not null check (result_key ~ '^[0-9a-f]{64}$'),
    status text not null check (status in ('queued', 'active', 'succeeded', 'failed', 'cancelled')),
    priority text not null check (priority in ('low', 'normal', 'high')),
    queue_priority integer not null check (queue_priority > 0),
    progress double precision not null default 0 check (progress between 0 and 1),
    attempt integer not null default 0 check (attempt >= 0),
    failures integer not null default 0 check (failures >= 0),
    leader_id uuid references jobs,
    lease_owner text,
    lease_expires_at timestamptz,
    available_at timestamptz not null default now(),
    error_code text,
    error_detail text,
    cached boolean not null default false,
    idempotency_key text,
    request_fingerprint text,
    metadata jsonb,
    webhook_url text,
    queued_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    ${auditColumns},
    constraint jobs_lease check (
      (status = 'active') = (lease_owner is not null) and (status = 'active') = (lease_expires_at is not null)),
    constraint jobs_finished check ((status in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null)),
    constraint jobs_error check (
      (status = 'failed') = (error_code is not null) and (status = 'failed') = (error_detail is not null)),
    constraint jobs_follower check (leader_id is null or status = 'queued'),
    constraint jobs_idempotency check ((idempotency_key is null) = (request_fingerprint is null))
  )`;

/** The state machine of jobs/job.ts, and the fencing number that never falls. */
const checkJobTransition = sql`
  create function check_job_transition() returns trigger language plpgsql as $$
  begin
    if new.attempt < old.attempt then
      raise exception 'job % may not go back from attempt % to %', old.id, old.attempt, new.attempt
        using errcode = 'check_violation', constraint = 'jobs_attempt';
    end if;
    if new.status <> old.status and not (case old.status
        when 'queued' then new.status in ('active', 'succeeded', 'failed', 'cancelled')
        when 'active' then new.status in ('queued', 'succeeded', 'failed', 'cancelled')
        when 'succeeded' then false
        else new.status = 'queued'
      end) then
      raise exception 'job % may not go from % to %', old.id, old.status, new.status
        using errcode = 'check_violation', constraint = 'jobs_transition';
    end if;
    new.updated_at := now();
    return new;
  end $$`;

const jobTransition = sql`
  create trigger jobs_transition before update on jobs for each row execute function check_job_transition()`;

const jobInputs = sql`
  create table job_inputs (
    job_id uuid not null references jobs on delete cascade,
    "index" integer not null check ("index" >= 0),
    asset_id uuid not null,
    ${mediaColumns},
    ${dimensionColumns},
    primary key (job_id, "index")
  )`;

const jobOutputs = sql`
  create table job_outputs (
    job_id uuid not null references jobs on delete cascade,
    "index" integer not null check ("index" >= 0),
    ${mediaColumns},
    data jsonb,
    primary key (job_id, "index")
  )`;

const indexes = [
  // Identical work in flight has one leader: the others find it here, or lose the race here.
  `create unique index jobs_leader on jobs (tenant_id, result_key)
    where status in ('queued', 'active') and leader_id is null`,
  `create index jobs_result on jobs (tenant_id, result_key) where status = 'succeeded'`,
  `create unique index jobs_idempotency on jobs (tenant_id, idempotency_key) where idempotency_key is not null`,
  `create index jobs_list on jobs (tenant_id, id desc)`,
  `create index jobs_unfinished on jobs (id) where status in ('queued', 'active')`,
  `create index jobs_followers on jobs (leader_id) where leader_id is not null`,
  `create index jobs_finished on jobs (finished_at) where finished_at is not null`,
  `create index assets_list on assets (tenant_id, id desc)`,
  // Collection asks for each object whether anything still refers to it.
  `create index assets_sha256 on assets (sha256)`,
  `create index job_inputs_sha256 on job_inputs (sha256)`,
  `create index job_outputs_sha256 on job_outputs (sha256)`,
].map((statement) => sql.raw(statement));
