/** Of the caller's rights nothing is used, and of the caller's search path neither. */
export const asOwner = 'security definer set search_path from current';

/** The statement that ends a job counts it: pictures by the job, sound by the length of what went in. */
const countUsage = [
  `create function count_usage() returns trigger language plpgsql ${asOwner} as $$
  begin
    insert into usage_records (job_id, tenant_id, images, audio_seconds)
    values (
      new.id, new.tenant_id,
      case when new.processor like 'image.%' then 1 else 0 end,
      case when new.processor like 'audio.%'
        then (select coalesce(sum(duration_seconds), 0) from job_inputs where job_id = new.id) else 0 end);
    return null;
  end $$`,
  // A result that was known, or that another job made, costs nothing.
  `create trigger jobs_used after update on jobs for each row
    when (old.status <> 'succeeded' and new.status = 'succeeded' and not new.cached) execute function count_usage()`,
];

/** Adds what has ended to its days. Any number of processes may do so at once: who deletes a record adds it. */
const addUpUsage = `
  create function add_up_usage() returns bigint language sql ${asOwner} as $$
    with record as (
      delete from usage_records where job_id in (select job_id from usage_records limit 10000 for update skip locked)
      returning tenant_id, to_char(ended_at at time zone 'utc', 'YYYY-MM-DD') as day, images, audio_seconds
    ),
    added as (
      insert into usage_days as known (tenant_id, day, images, audio_seconds, jobs)
      select tenant_id, day, sum(images), sum(audio_seconds), count(*) from record
      group by tenant_id, day order by tenant_id, day
      on conflict (tenant_id, day) do update set images = known.images + excluded.images,
        audio_seconds = known.audio_seconds + excluded.audio_seconds, jobs = known.jobs + excluded.jobs
    )
    select count(*) from record
  $$`;

/**
 * This month's work of a tenant: done; waiting or running; and of these what the current transaction has asked for. One
 * statement, so that a job which ends meanwhile is seen once.
 */
const monthUsage = `
  create function month_usage(tenant uuid) returns table (
    images bigint, images_waiting bigint, images_asked bigint,
    audio_seconds double precision, audio_waiting double precision, audio_asked double precision
  ) language sql ${asOwner} as $$
    with month as (select date_trunc('month', now() at time zone 'utc') as since),
    done as (
      select usage_days.images, usage_days.audio_seconds from usage_days, month
      where tenant_id = tenant and day >= to_char(since, 'YYYY-MM-DD')
      union all
      select usage_records.images, usage_records.audio_seconds from usage_records, month
      where tenant_id = tenant and ended_at >= since at time zone 'utc'
    ),
    unfinished as (
      select id, processor, change from jobs where tenant_id = tenant and status = 'queued' and leader_id is null
      union all
      select id, processor, change from jobs where tenant_id = tenant and status = 'active'
    ),
    waiting as (
      select change = pg_current_xact_id() as asked, processor like 'image.%' as is_image,
        case when processor like 'audio.%'
          then (select sum(duration_seconds) from job_inputs where job_id = unfinished.id) end as seconds
      from unfinished where processor like 'image.%' or processor like 'audio.%'
    ),
    in_line as (
      select count(*) filter (where is_image) as images, count(*) filter (where is_image and asked) as images_asked,
        coalesce(sum(seconds), 0) as seconds, coalesce(sum(seconds) filter (where asked), 0) as seconds_asked
      from waiting
    )
    select (select coalesce(sum(done.images), 0)::bigint from done), in_line.images, in_line.images_asked,
      (select coalesce(sum(done.audio_seconds), 0) from done), in_line.seconds, in_line.seconds_asked
    from in_line
  $$`;

const notes = [
  `create function note_needed() returns trigger language plpgsql ${asOwner} as $$
  begin
    if tg_op = 'UPDATE' and old.sha256 = new.sha256 then return null; end if;
    if tg_op <> 'INSERT' then
      insert into stored_changes (tenant_id, sha256, size_bytes, delta)
      values (old.tenant_id, old.sha256, old.size_bytes, -1);
    end if;
    if tg_op <> 'DELETE' then
      insert into stored_changes (tenant_id, sha256, size_bytes, delta)
      values (new.tenant_id, new.sha256, new.size_bytes, 1);
    end if;
    return null;
  end $$`,
  `create trigger needed_results_stored after insert or delete or update of sha256 on needed_results
    for each row execute function note_needed()`,
  `create function note_outputs() returns trigger language plpgsql ${asOwner} as $$
  begin
    insert into stored_changes (tenant_id, sha256, size_bytes, delta)
    select jobs.tenant_id, made.sha256, made.size_bytes, 1 from made join jobs on jobs.id = made.job_id;
    return null;
  end $$`,
  `create trigger job_outputs_stored after insert on job_outputs referencing new table as made
    for each statement execute function note_outputs()`,
  // Outputs go with their job, and when they do, nobody knows any more whose they were.
  `create function note_removed_outputs() returns trigger language plpgsql ${asOwner} as $$
  begin
    insert into stored_changes (tenant_id, sha256, size_bytes, delta)
    select old.tenant_id, sha256, size_bytes, -1 from job_outputs where job_id = old.id;
    return old;
  end $$`,
  `create trigger jobs_outputs_removed before delete on jobs
    for each row execute function note_removed_outputs()`,
];

/** One at a time for each tenant, and nobody who makes jobs or uploads for it beside that. */
const holdTenant = `
  create function hold_tenant_usage(tenant uuid) returns void language sql as $$
    select pg_advisory_xact_lock(735221014, hashtext(tenant::text))
  $$`;

/** @returns the bytes of a tenant, each counted once, as of what is committed and of this transaction */
const addUpStorage = `
  create function add_up_storage(tenant uuid) returns bigint language plpgsql ${asOwner} as $$
  declare
    total bigint;
  begin
    perform hold_tenant_usage(tenant);
    with change as (
      delete from stored_changes where tenant_id = tenant returning sha256, size_bytes, delta
    ),
    net as (
      select sha256, max(size_bytes) as size_bytes, sum(delta) as delta from change group by sha256 having sum(delta) <> 0
    ),
    moved as (
      insert into stored_objects as known (tenant_id, sha256, size_bytes, refs)
      select tenant, sha256, size_bytes, delta from net
      on conflict (tenant_id, sha256) do update set refs = known.refs + excluded.refs
      returning sha256, refs
    ),
    added as (
      select sum(size_bytes * ((refs > 0)::int - (refs - delta > 0)::int))::bigint as size_bytes
      from net join moved using (sha256)
    )
    insert into stored_totals as known (tenant_id, size_bytes)
    select tenant, size_bytes from added where size_bytes is not null
    on conflict (tenant_id) do update set size_bytes = known.size_bytes + excluded.size_bytes;
    delete from stored_objects where tenant_id = tenant and refs <= 0;
    select size_bytes into total from stored_totals where tenant_id = tenant;
    return coalesce(total, 0);
  end $$`;

export const measures: readonly string[] = [...countUsage, addUpUsage, monthUsage, ...notes, holdTenant, addUpStorage];
