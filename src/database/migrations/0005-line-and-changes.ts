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
