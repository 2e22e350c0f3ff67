import { asOwner } from './measures.ts';

/** Read by `database/refusals.ts`, which says it in words. */
const refuse = `
  create function refuse_by_plan(
    code text, limit_name text, allowed bigint, used double precision, asked double precision, resets_at timestamptz
  ) returns void language plpgsql as $$
  begin
    raise exception 'the plan refuses this' using errcode = 'ESPLN', detail = json_build_object(
      'code', code, 'limit', limit_name, 'allowed', allowed, 'used', used, 'requested', asked,
      'resetsAt', to_char(resets_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))::text;
  end $$`;

/**
 * Whether a tenant may have what the current transaction has put in line for it. What waits or runs counts as if it were
 * done, so that no more is accepted than can be made.
 */
const checkWork = `
  create function check_work(tenant uuid) returns void language plpgsql ${asOwner} as $$
  declare
    plan record;
    month record;
    resets_at timestamptz := date_trunc('month', now() at time zone 'utc' + interval '1 month') at time zone 'utc';
    stored bigint;
  begin
    select status, stored_bytes, images_per_month, audio_minutes_per_month into plan
    from tenants join plans on plans.id = plan_id where tenants.id = tenant;
    if plan.status = 'suspended' then
      perform refuse_by_plan('TENANT_SUSPENDED', null, null, null, null, null);
    end if;
    if plan.stored_bytes is not null then
      stored := add_up_storage(tenant);
      if stored >= plan.stored_bytes then
        perform refuse_by_plan('QUOTA_EXCEEDED', 'storedBytes', plan.stored_bytes, stored, null, null);
      end if;
    end if;
    if plan.images_per_month is null and plan.audio_minutes_per_month is null then return; end if;
    perform hold_tenant_usage(tenant);
    select * into month from month_usage(tenant);
    if month.images_asked > 0 and month.images + month.images_waiting > plan.images_per_month then
      perform refuse_by_plan('PLAN_LIMIT', 'imagesPerMonth', plan.images_per_month,
        month.images + month.images_waiting - month.images_asked, month.images_asked, resets_at);
    end if;
    -- Sums of fractions: a millisecond more is the same.
    if month.audio_asked > 0
      and month.audio_seconds + month.audio_waiting > plan.audio_minutes_per_month * 60 + 0.001 then
      perform refuse_by_plan('PLAN_LIMIT', 'audioMinutesPerMonth', plan.audio_minutes_per_month,
        (month.audio_seconds + month.audio_waiting - month.audio_asked) / 60, month.audio_asked / 60, resets_at);
    end if;
  end $$`;

const workDoors = [
  // Known results cost nothing, and so does what follows work in flight; but who is suspended gets nothing new.
  `create function check_new_jobs() returns trigger language plpgsql ${asOwner} as $$
  declare
    tenant uuid;
  begin
    for tenant in select distinct tenant_id from made where status = 'queued' and leader_id is null loop
      perform check_work(tenant);
    end loop;
    if exists (
      select from made join tenants on tenants.id = made.tenant_id
      where made.leader_id is not null and tenants.status = 'suspended'
    ) then
      perform refuse_by_plan('TENANT_SUSPENDED', null, null, null, null, null);
    end if;
    return null;
  end $$`,
  `create trigger jobs_planned after insert on jobs referencing new table as made
    for each statement execute function check_new_jobs()`,
  // How long a recording is, is known from what goes in, whose rows are written after the job's.
  `create function check_new_inputs() returns trigger language plpgsql ${asOwner} as $$
  declare
    tenant uuid;
  begin
    for tenant in
      select distinct jobs.tenant_id from made join jobs on jobs.id = made.job_id
      where made.duration_seconds is not null and jobs.processor like 'audio.%'
        and jobs.status = 'queued' and jobs.leader_id is null
    loop
      perform check_work(tenant);
    end loop;
    return null;
  end $$`,
  `create trigger job_inputs_planned after insert on job_inputs referencing new table as made
    for each statement execute function check_new_inputs()`,
  `create function check_repeated_job() returns trigger language plpgsql ${asOwner} as $$
  begin
    perform check_work(new.tenant_id);
    return null;
  end $$`,
  `create trigger jobs_planned_again after update on jobs for each row
    when (old.status in ('failed', 'cancelled') and new.status = 'queued') execute function check_repeated_job()`,
];

/** What uploads on their way will need, but for the one with this id. */
const reserved = `
  create function reserved_bytes(tenant uuid, own uuid) returns bigint language sql ${asOwner} as $$
    select coalesce(sum(size_bytes), 0)::bigint from (
      select id, size_bytes from uploads where tenant_id = tenant and finished_at is null and expires_at > now()
      union all select id, size_bytes from pending_uploads where tenant_id = tenant and expires_at > now()
      union all select id, size_bytes from storage_reservations where tenant_id = tenant and expires_at > now()
    ) as upload
    where id <> own and not exists (select from assets where assets.id = upload.id)
  $$`;

/**
 * Whether a tenant has room for an upload.
 *
 * @param own its id, which its asset will have
 * @param bytes null: nobody knows yet
 * @param content its SHA-256, if known: what is stored already needs no room
 */
const checkUpload = `
  create function check_upload(tenant uuid, own uuid, bytes bigint, content text)
  returns void language plpgsql ${asOwner} as $$
  declare
    plan record;
    used bigint;
  begin
    select status, stored_bytes, upload_bytes into plan
    from tenants join plans on plans.id = plan_id where tenants.id = tenant;
    if plan.status = 'suspended' then
      perform refuse_by_plan('TENANT_SUSPENDED', null, null, null, null, null);
    end if;
    if bytes > plan.upload_bytes then
      perform refuse_by_plan('UPLOAD_TOO_LARGE', 'uploadBytes', plan.upload_bytes, null, bytes, null);
    end if;
    if plan.stored_bytes is null then return; end if;
    used := add_up_storage(tenant);
    if content is not null and exists (
      select from stored_objects where tenant_id = tenant and sha256 = content
    ) then return; end if;
    used := used + reserved_bytes(tenant, own);
    if used + coalesce(bytes, 1) > plan.stored_bytes then
      perform refuse_by_plan('QUOTA_EXCEEDED', 'storedBytes', plan.stored_bytes, used, bytes, null);
    end if;
  end $$`;

const uploadDoors = [
  // What a step of a pipeline makes for a later one is stored already.
  `create function check_new_asset() returns trigger language plpgsql ${asOwner} as $$
  begin
    if new.pipeline_id is null then
      perform check_upload(new.tenant_id, new.id, new.size_bytes, new.sha256);
      delete from storage_reservations where id = new.id;
    end if;
    insert into stored_changes (tenant_id, sha256, size_bytes, delta)
    values (new.tenant_id, new.sha256, new.size_bytes, 1);
    return null;
  end $$`,
  'create trigger assets_planned after insert on assets for each row execute function check_new_asset()',
  `create function note_removed_asset() returns trigger language plpgsql ${asOwner} as $$
  begin
    insert into stored_changes (tenant_id, sha256, size_bytes, delta)
    values (old.tenant_id, old.sha256, old.size_bytes, -1);
    return null;
  end $$`,
  'create trigger assets_removed after delete on assets for each row execute function note_removed_asset()',
  `create function check_new_upload() returns trigger language plpgsql ${asOwner} as $$
  begin
    perform check_upload(new.tenant_id, new.id, new.size_bytes, null);
    return null;
  end $$`,
  'create trigger uploads_planned after insert on uploads for each row execute function check_new_upload()',
  `create trigger storage_reservations_planned after insert on storage_reservations
    for each row execute function check_new_upload()`,
  `create function check_pending_upload() returns trigger language plpgsql ${asOwner} as $$
  begin
    perform check_upload(new.tenant_id, new.id, new.size_bytes, new.sha256);
    return null;
  end $$`,
  `create trigger pending_uploads_planned after insert on pending_uploads
    for each row execute function check_pending_upload()`,
];

export const refusals: readonly string[] = [refuse, checkWork, ...workDoors, reserved, checkUpload, ...uploadDoors];
