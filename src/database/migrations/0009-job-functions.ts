import { type Kysely, sql } from 'kysely';

/**
 * What is done for every job, as functions: they are planned once for each connection, and a statement of this size
 * takes longer to plan than to run. Later changes are later migrations (`create or replace`), so that the program before
 * them goes on.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [addJob, endFollowers, endJob, takeJobs]) await sql.raw(statement).execute(db);
}

/**
 * One row: finished with the source's outputs, or following the leader in flight, or leading itself. None when an
 * asset or the source is gone, another request was quicker, or there is a newer result than the one `seen`: everything is
 * to be looked at again.
 *
 * The locks keep what the row refers to (assets, source, leader) as it is until the row is there, so that collection
 * never sees a moment without a reference, and a leader never ends without its new follower.
 */
const addJob = `
  create function add_job(new_job jsonb, new_inputs jsonb, input_assets uuid[], source uuid, seen uuid)
  returns setof jobs language plpgsql as $$
  declare
    draft jobs := jsonb_populate_record(null::jobs, new_job);
    leader uuid;
    made jobs;
  begin
    if cardinality(input_assets) > 0 then
      if (select count(*) from (select from assets where assets.id = any (input_assets) for key share) as held)
        <> cardinality(input_assets) then return; end if;
    end if;
    if source is not null then
      perform from jobs where jobs.id = source for key share;
      if not found then return; end if;
    else
      select jobs.id into leader from jobs
      where jobs.tenant_id = draft.tenant_id and jobs.result_key = draft.result_key
        and status in ('queued', 'active') and leader_id is null
      for share;
      -- Equal work may have ended since the caller looked for its result.
      if leader is null and (
        select jobs.id from jobs
        where jobs.tenant_id = draft.tenant_id and jobs.result_key = draft.result_key and status = 'succeeded'
        order by jobs.id desc limit 1
      ) is distinct from seen then return; end if;
    end if;
    insert into jobs (
      id, tenant_id, owner_id, created_by, updated_by, processor, processor_version, params, result_key, status, cached,
      progress, priority, patience_ms, metadata, webhook_url, hidden, idempotency_key, request_fingerprint,
      turn_at, leader_id, finished_at)
    values (
      draft.id, draft.tenant_id, draft.owner_id, draft.created_by, draft.updated_by, draft.processor,
      draft.processor_version, draft.params, draft.result_key, draft.status, draft.cached, draft.progress,
      draft.priority, draft.patience_ms, draft.metadata, draft.webhook_url, draft.hidden, draft.idempotency_key,
      draft.request_fingerprint, now() + draft.patience_ms * interval '1 millisecond', leader,
      case when draft.cached then now() end)
    on conflict do nothing
    returning * into made;
    if not found then return; end if;
    if new_inputs <> '[]' then
      insert into job_inputs (
        job_id, "index", asset_id, sha256, media_type, size_bytes, width_px, height_px, frames, duration_seconds)
      select made.id, "index", asset_id, sha256, media_type, size_bytes, width_px, height_px, frames, duration_seconds
      from jsonb_populate_recordset(null::job_inputs, new_inputs);
    end if;
    if source is not null then
      insert into job_outputs (job_id, "index", sha256, media_type, size_bytes, data)
      select made.id, "index", sha256, media_type, size_bytes, data from job_outputs where job_id = source;
    end if;
    return next made;
  end $$`;

/** What a job that succeeded or failed means for those that follow it: the same. */
const endFollowers = `
  create function end_followers(leader uuid) returns setof uuid language plpgsql as $$
  begin
    if not exists (select from jobs where leader_id = leader) then return; end if;
    return query
      with ended as (
        update jobs
        set status = head.status, finished_at = now(), leader_id = null, cached = head.status = 'succeeded',
          progress = case when head.status = 'succeeded' then 1 else jobs.progress end,
          error_code = head.error_code, error_detail = head.error_detail
        from jobs as head
        where jobs.leader_id = leader and head.id = leader and head.status in ('succeeded', 'failed')
        returning jobs.id
      ),
      copies as (
        insert into job_outputs (job_id, "index", media_type, size_bytes, sha256, data)
        select ended.id, "index", media_type, size_bytes, sha256, data from ended, job_outputs where job_id = leader
      )
      select id from ended;
  end $$`;

/**
 * The end of an attempt for the job and all that follow it, if the attempt is the current one: `succeeded` with these
 * outputs, or `failed` for this reason. The followers are a statement of their own, after the update has waited for
 * those that were just joining.
 */
const endJob = `
  create function end_job(
    job uuid, current_attempt integer, end_status text, outputs jsonb, reason_code text, reason_detail text
  ) returns setof uuid language plpgsql as $$
  begin
    update jobs
    set status = end_status, finished_at = now(), lease_owner = null, lease_expires_at = null,
      progress = case when end_status = 'succeeded' then 1 else progress end,
      failures = failures + case when end_status = 'failed' then 1 else 0 end,
      error_code = reason_code, error_detail = reason_detail
    where id = job and attempt = current_attempt and status = 'active';
    if not found then return; end if;
    return next job;
    if outputs <> '[]' then
      insert into job_outputs (job_id, "index", media_type, size_bytes, sha256, data)
      select job, "index", media_type, size_bytes, sha256, data
      from jsonb_populate_recordset(null::job_outputs, outputs);
    end if;
    return query select end_followers(job);
  end $$`;

/**
 * Takes the jobs whose turn it is: round-robin between the tenants that have any, from the one after `after`; within
 * one tenant in the order of `turn_at`.
 */
const takeJobs = `
  create function take_jobs(
    processors text[], wanted integer, after uuid, worker text, lease_ms integer,
    per_tenant integer, per_processor jsonb
  ) returns table (
    id uuid, tenant_id uuid, attempt integer, failures integer, processor text, processor_version integer,
    params jsonb, inputs jsonb, owner_id uuid, waited_seconds double precision
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
          jobs.params,
          (select coalesce(jsonb_agg(to_jsonb(job_inputs) order by "index"), '[]') from job_inputs where job_id = jobs.id),
          jobs.owner_id, extract(epoch from now() - available_at)::float8;
      if found then
        taken := taken + 1;
        in_circle := in_circle + 1;
      end if;
    end loop;
  end $$`;
