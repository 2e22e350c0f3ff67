import { type Kysely, sql } from 'kysely';

/**
 * The line of waiting jobs is this table itself, and so is the feed of what changes.
 *
 * - `turn_at` is when a job's turn comes within its tenant: when it was asked for, and the patience that its priority
 *   and its length ask of it.
 * - `change` is the transaction that last changed what people see of a job. Numbers of transactions grow, and a row that
 *   is gone leaves its number in `removals`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}

const statements = [
  'alter table jobs add column patience_ms integer not null default 0',
  'alter table jobs add column turn_at timestamptz not null default now()',
  'alter table jobs add column change xid8 not null default pg_current_xact_id()',
  'update jobs set turn_at = queued_at',
  'alter table jobs drop column queue_priority',
  // Whose turn it is: the next tenant, then its next job.
  `create index jobs_line on jobs (tenant_id, turn_at, id) where status = 'queued' and leader_id is null`,
  `create index jobs_active on jobs (tenant_id, processor) where status = 'active'`,
  'create index jobs_change on jobs (change)',
  `create table removals (
    tenant_id uuid not null references tenants on delete cascade,
    kind text not null check (kind in ('job', 'batch')),
    id uuid not null,
    change xid8 not null default pg_current_xact_id(),
    removed_at timestamptz not null default now(),
    primary key (kind, id)
  )`,
  'create index removals_change on removals (change)',
  'create index removals_age on removals (removed_at)',
  `create or replace function check_job_transition() returns trigger language plpgsql as $$
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
    -- A lease that is renewed is nothing to see.
    if new.status <> old.status or new.progress <> old.progress or new.attempt <> old.attempt then
      new.change := pg_current_xact_id();
    end if;
    new.updated_at := now();
    return new;
  end $$`,
  /*
   * Takes the jobs whose turn it is: round-robin between the tenants that have any, from the one after `after`; within
   * one tenant in the order of `turn_at`. A function, because what is done for every job should be planned once.
   */
  `create function take_jobs(
    processors text[], wanted integer, after uuid, worker text, lease_ms integer,
    per_tenant integer, per_processor jsonb
  ) returns table (
    id uuid, tenant_id uuid, attempt integer, failures integer, processor text, processor_version integer,
    params jsonb, waited_seconds double precision
  ) language plpgsql as $$
  #variable_conflict use_column
  declare
    limited boolean := per_tenant is not null or per_processor <> '{}';
    able text[] := processors;
    full_tenants uuid[] := '{}';
    served uuid := after;
    turn uuid;
    in_circle integer := 1; -- taken since the walk began at the first tenant; the first walk begins anywhere
    taken integer := 0;
  begin
    -- Who counts what runs must be alone with it until that is written; every statement below sees what is committed.
    if limited then perform pg_advisory_xact_lock(735221005); end if;
    while taken < wanted loop
      if limited then
        able := array(
          select name from unnest(processors) as name
          where per_processor -> name is null or (per_processor ->> name)::integer >
            (select count(*) from jobs where status = 'active' and jobs.processor = name));
        full_tenants := array(
          select jobs.tenant_id from jobs where status = 'active'
          group by jobs.tenant_id having count(*) >= per_tenant);
      end if;
      turn := (
        select jobs.tenant_id from jobs
        where status = 'queued' and leader_id is null and jobs.processor = any (able) and jobs.tenant_id > served
          and (available_at <= now() or available_at > now() + interval '1 minute')
          and jobs.tenant_id <> all (full_tenants)
        order by jobs.tenant_id limit 1);
      if turn is null then
        exit when in_circle = 0;
        in_circle := 0;
        served := '00000000-0000-0000-0000-000000000000';
        continue;
      end if;
      served := turn;
      return query
        update jobs
        set status = 'active', attempt = jobs.attempt + 1, lease_owner = worker,
          lease_expires_at = now() + lease_ms * interval '1 millisecond', started_at = coalesce(started_at, now())
        where jobs.id = (
          select jobs.id from jobs
          where status = 'queued' and leader_id is null and jobs.processor = any (able) and jobs.tenant_id = turn
            and (available_at <= now() or available_at > now() + interval '1 minute')
          order by turn_at, jobs.id limit 1 for update skip locked)
        returning jobs.id, jobs.tenant_id, jobs.attempt, jobs.failures, jobs.processor, jobs.processor_version,
          jobs.params, extract(epoch from now() - available_at)::float8;
      if found then
        taken := taken + 1;
        in_circle := in_circle + 1;
      end if;
    end loop;
  end $$`,
  `create function note_removals() returns trigger language plpgsql as $$
  begin
    insert into removals (tenant_id, kind, id) select tenant_id, tg_argv[0], id from gone on conflict do nothing;
    return null;
  end $$`,
  `create trigger jobs_removed after delete on jobs referencing old table as gone
    for each statement execute function note_removals('job')`,
  `create trigger batches_removed after delete on batches referencing old table as gone
    for each statement execute function note_removals('batch')`,
].map((statement) => sql.raw(statement));
