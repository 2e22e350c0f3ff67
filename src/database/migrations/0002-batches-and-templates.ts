import { type Kysely, sql } from 'kysely';

/** Many jobs asked for at once, and documents that say how thumbnails look. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [batches, ...jobColumns, templates, templateVersions, ...immutableVersions, ...indexes]) {
    await statement.execute(db);
  }
}

const auditColumns = sql.raw(`
  created_at timestamptz not null default now(),
  created_by uuid not null,
  updated_at timestamptz not null default now(),
  updated_by uuid not null`);

/** What a batch has come to is read from its jobs: a counter of its own could only disagree with them. */
const batches = sql`
  create table batches (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    owner_id uuid not null,
    processor text not null,
    metadata jsonb,
    idempotency_key text,
    request_fingerprint text,
    ${auditColumns},
    constraint batches_idempotency check ((idempotency_key is null) = (request_fingerprint is null))
  )`;

const jobColumns = [
  sql`alter table jobs
    add column batch_id uuid references batches,
    add column batch_index integer check (batch_index >= 0),
    add column item_name text`,
  sql`alter table jobs add constraint jobs_batch_item check (
    (batch_id is null) = (batch_index is null) and (item_name is null or batch_id is not null))`,
];

const templates = sql`
  create table templates (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    owner_id uuid not null,
    name text not null check (name <> ''),
    version integer not null check (version > 0),
    ${auditColumns}
  )`;

const templateVersions = sql`
  create table template_versions (
    template_id uuid not null references templates on delete cascade,
    version integer not null check (version > 0),
    document jsonb not null,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    primary key (template_id, version)
  )`;

/** A version that somebody made pictures with stays what it was. */
const immutableVersions = [
  sql`
    create function refuse_version_change() returns trigger language plpgsql as $$
    begin
      raise exception 'version % of template % may not be changed', old.version, old.template_id
        using errcode = 'check_violation', constraint = 'template_versions_immutable';
    end $$`,
  sql`
    create trigger template_versions_immutable before update on template_versions
      for each row execute function refuse_version_change()`,
];

const indexes = [
  // Counts and the items of one batch in their order; the status is there so that counting need not read the rows.
  `create unique index jobs_batch on jobs (batch_id, batch_index) include (status) where batch_id is not null`,
  `create index batches_list on batches (tenant_id, id desc)`,
  `create unique index batches_idempotency on batches (tenant_id, idempotency_key) where idempotency_key is not null`,
  `create unique index templates_name on templates (tenant_id, name)`,
  `create index templates_list on templates (tenant_id, id desc)`,
].map((statement) => sql.raw(statement));
