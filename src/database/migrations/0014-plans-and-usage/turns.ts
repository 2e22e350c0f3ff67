/**
 * Who makes work for a tenant that is counted holds it from the beginning: taken after the locks on other jobs, this lock
 * could close a circle with one who ends them.
 */
const holdFirst = [
  `create function hold_if_counted(tenant uuid) returns void language plpgsql security definer set search_path from current as $$
  begin
    perform from tenants join plans on plans.id = plan_id
    where tenants.id = tenant and coalesce(stored_bytes, images_per_month, audio_minutes_per_month) is not null;
    if found then perform hold_tenant_usage(tenant); end if;
  end $$`,
  'alter function add_job(jsonb, jsonb, uuid[], uuid, uuid) rename to add_job_held',
  `create function add_job(new_job jsonb, new_inputs jsonb, input_assets uuid[], source uuid, seen uuid)
  returns setof jobs language sql as $$
    -- Not plpgsql, which goes on with the columns that the table had when the function was first called.
    select hold_if_counted((new_job ->> 'tenant_id')::uuid);
    select * from add_job_held(new_job, new_inputs, input_assets, source, seen);
  $$`,
  `create function hold_for_batch() returns trigger language plpgsql as $$
  begin
    perform hold_if_counted(new.tenant_id);
    return new;
  end $$`,
  'create trigger batches_counted before insert on batches for each row execute function hold_for_batch()',
];

/**
 * As migration 0009 has it; and of a tenant whose plan says how many may run at once no more than that, and of one that
 * is suspended none.
 */
const takeJobs = `
  create or replace function take_jobs(
    processors text[], wanted integer, after uuid, worker text, lease_ms integer,
    per_tenant integer, per_processor jsonb
  ) returns table (
    id uuid, tenant_id uuid, attempt integer, failures integer, processor text, processor_version integer,
    params jsonb, inputs jsonb, owner_id uuid, waited_seconds double precision
  ) language plpgsql as $$
  #variable_conflict use_column
  declare
    by_tenant boolean := per_tenant is not null or exists (
      select from plans where concurrent_jobs is not null
        and exists (select from tenants where tenants.plan_id = plans.id));
    limited boolean := by_tenant or per_processor <> '{}';
    able text[] := processors;
    suspended_tenants uuid[] := array(
      select tenants.id from tenants
      where tenants.status = 'suspended' and exists (
        select from jobs where jobs.status = 'queued' and leader_id is null and jobs.tenant_id = tenants.id));
    full_tenants uuid[] := suspended_tenants;
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
      end if;
      if by_tenant then
        full_tenants := suspended_tenants || array(
          select jobs.tenant_id from jobs
          join tenants on tenants.id = jobs.tenant_id join plans on plans.id = tenants.plan_id
          where jobs.status = 'active'
          group by jobs.tenant_id, plans.concurrent_jobs having count(*) >= least(per_tenant, plans.concurrent_jobs));
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
          jobs.params,
          (select coalesce(jsonb_agg(to_jsonb(job_inputs) order by "index"), '[]') from job_inputs where job_id = jobs.id),
          jobs.owner_id, extract(epoch from now() - available_at)::float8;
      if found then
        taken := taken + 1;
        in_circle := in_circle + 1;
      end if;
    end loop;
  end $$`;

/** How long what a tenant has finished is kept: as it says or as is usual (0: for ever), and at most as its plan says. */
const keptSeconds = `
  create function kept_seconds(tenant tenants, usual_seconds double precision)
  returns double precision language sql stable as $$
    select least(
      case tenant.result_ttl_seconds when 0 then 3153600000 else coalesce(tenant.result_ttl_seconds, usual_seconds) end,
      (select retention_seconds from plans where plans.id = tenant.plan_id))
  $$`;

export const turns: readonly string[] = [...holdFirst, takeJobs, keptSeconds];
