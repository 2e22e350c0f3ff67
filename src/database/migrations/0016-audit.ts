import { type Kysely, sql } from 'kysely';
import { protectTenantRows } from '../tenant-rows.ts';

/**
 * The record of acts. An act is written to `audit_outbox` in the transaction that does it; one process at a time moves
 * acts from there into `audit_entries`, where each builds on the one before by hash.
 *
 * Entries can be added, and nothing else but two things: the personal part of one can be blanked, which leaves its hash,
 * and the oldest can be given up once `audit_chains` says where the chain begins instead. Triggers refuse the rest, also to the
 * owner of the tables; whoever goes around them breaks the chain.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [outbox, entries, chains, ...indexes, ...guards]) await sql.raw(statement).execute(db);
  await protectTenantRows(db, 'audit_outbox', { commands: ['insert'] });
  await protectTenantRows(db, 'audit_entries', { commands: ['select'] });
}

const outbox = `
  create table audit_outbox (
    number bigint generated always as identity primary key,
    id uuid not null,
    tenant_id uuid,
    at timestamptz not null default clock_timestamp(),
    action text not null check (action <> ''),
    content text not null
  )`;

/** No foreign key: the record of a tenant outlives it. */
const entries = `
  create table audit_entries (
    chain uuid not null,
    number bigint not null check (number > 0),
    id uuid not null unique,
    tenant_id uuid check (tenant_id = chain),
    at timestamptz not null,
    action text not null,
    by_id text,
    content text,
    salt text,
    content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
    hash text not null check (hash ~ '^[0-9a-f]{64}$'),
    primary key (chain, number),
    constraint audit_entries_blank check ((content is null) = (salt is null) and (content is not null or by_id is null))
  )`;

const chains = `
  create table audit_chains (
    chain uuid primary key,
    number bigint not null default 0,
    hash text not null,
    first_number bigint not null default 1,
    first_hash text not null
  )`;

const indexes = [
  'create index audit_entries_action on audit_entries (chain, action, number desc)',
  'create index audit_entries_by on audit_entries (chain, by_id, number desc) where by_id is not null',
  'create index audit_entries_person on audit_entries (by_id) where by_id is not null',
];

const guards = [
  `create function guard_audit_entries() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' and new.content is null and new.salt is null and new.by_id is null
      and (new.chain, new.number, new.id, new.at, new.action, new.content_hash, new.hash)
        = (old.chain, old.number, old.id, old.at, old.action, old.content_hash, old.hash)
      and new.tenant_id is not distinct from old.tenant_id then
      return new;
    end if;
    if tg_op = 'DELETE' and exists (
      select from audit_chains where chain = old.chain and old.number < first_number
    ) then
      return old;
    end if;
    raise exception 'the record of acts can only be added to'
      using errcode = 'check_violation', constraint = 'audit_entries_append_only';
  end $$`,
  `create trigger audit_entries_append_only before update or delete on audit_entries
    for each row execute function guard_audit_entries()`,
  `create trigger audit_entries_no_truncate before truncate on audit_entries
    for each statement execute function guard_audit_entries()`,
];
