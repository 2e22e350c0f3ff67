import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#database/schema.ts';

/** Whose rows are meant. */
export interface Whose {
  /** Of the person or the tenant. */
  readonly id: string;
  /** Of a person: in small letters. */
  readonly email: string;
  /** Of a person: where they belong or have left something. */
  readonly tenantIds: readonly string[];
}

type Where = (whose: Whose) => RawBuilder<boolean>;

export interface OwnedTable {
  readonly table: keyof Database;
  /** What orders its rows. */
  readonly key: readonly string[];
  /** Rows that are a person's; none: no row is. */
  readonly person?: Where;
  /** Rows that are a tenant's. */
  readonly tenant?: Where;
  /** Rows that an erasure takes; default: those that are theirs. `stays`: it is the workspace's and outlives the person. */
  readonly erasedWithPerson?: Where | 'stays';
  /** Columns that no copy has: secrets, and what others are known by. `all`: the table is in none. */
  readonly hidden: 'all' | readonly string[];
}

const column =
  (name: string): Where =>
  ({ id }) =>
    sql`${sql.ref(name)} = ${id}`;
const within =
  (name: string, parent: keyof Database, where: Where): Where =>
  (whose) =>
    sql`${sql.ref(name)} in (select id from ${sql.table(parent)} where ${where(whose)})`;

const owner = column('owner_id');
const tenant = column('tenant_id');
const personId = column('person_id');

/** A person's jobs, and what others made from their files. */
export const jobsOfPerson: Where = ({ id }) => sql`(owner_id = ${id} or exists (
  select from job_inputs join assets on assets.id = job_inputs.asset_id
  where job_inputs.job_id = jobs.id and assets.owner_id = ${id}))`;

const messagesOfPerson: Where = (whose) => sql`subject_id in (
  select id from jobs where ${jobsOfPerson(whose)}
  union all select id from batches where owner_id = ${whose.id}
  union all select id from pipelines where owner_id = ${whose.id})`;

const inTheirTenants: Where = ({ tenantIds }) => sql`tenant_id = any(${tenantIds}::uuid[])`;
const nobody: Where = () => sql`false`;
const writers = ['created_by', 'updated_by'];

/**
 * Every table with rows of people or tenants, in the order in which they can be removed. What is not here has none:
 * docs/privacy.md says of every table what it has, and a test holds it to the schema.
 */
export const ownedTables: readonly OwnedTable[] = [
  {
    table: 'webhook_outbox',
    key: ['id'],
    person: ({ id }) => sql`subject->>'owner_id' = ${id}`,
    tenant,
    hidden: 'all',
  },
  { table: 'webhook_messages', key: ['id'], person: messagesOfPerson, tenant, hidden: [] },
  // They go with their message.
  { table: 'webhook_deliveries', key: ['id'], tenant, hidden: ['lease', 'lane'] },
  // Masks and the like, made from anybody's files: they can be made again.
  {
    table: 'needed_results',
    key: ['tenant_id', 'result_key'],
    person: nobody,
    erasedWithPerson: inTheirTenants,
    tenant,
    hidden: 'all',
  },
  { table: 'shares', key: ['id'], person: owner, tenant, hidden: writers },
  {
    table: 'job_inputs',
    key: ['job_id', 'index'],
    person: within('job_id', 'jobs', owner),
    erasedWithPerson: nobody,
    tenant: within('job_id', 'jobs', tenant),
    hidden: [],
  },
  {
    table: 'job_outputs',
    key: ['job_id', 'index'],
    person: within('job_id', 'jobs', owner),
    erasedWithPerson: nobody,
    tenant: within('job_id', 'jobs', tenant),
    hidden: [],
  },
  {
    table: 'jobs',
    key: ['id'],
    person: owner,
    erasedWithPerson: jobsOfPerson,
    tenant,
    hidden: [...writers, 'change', 'lease_owner', 'lease_expires_at', 'request_fingerprint'],
  },
  { table: 'batches', key: ['id'], person: owner, tenant, hidden: [...writers, 'request_fingerprint'] },
  { table: 'assets', key: ['id'], person: owner, tenant, hidden: writers },
  {
    table: 'pipeline_steps',
    key: ['pipeline_id', 'index'],
    person: within('pipeline_id', 'pipelines', owner),
    erasedWithPerson: nobody,
    tenant: within('pipeline_id', 'pipelines', tenant),
    hidden: [],
  },
  { table: 'pipelines', key: ['id'], person: owner, tenant, hidden: [...writers, 'request_fingerprint'] },
  { table: 'schedules', key: ['id'], person: owner, tenant, hidden: writers },
  { table: 'pending_uploads', key: ['id'], person: owner, tenant, hidden: [] },
  { table: 'uploads', key: ['id'], person: owner, tenant, hidden: [] },
  {
    table: 'template_versions',
    key: ['template_id', 'version'],
    person: within('template_id', 'templates', owner),
    erasedWithPerson: 'stays',
    tenant: within('template_id', 'templates', tenant),
    hidden: ['created_by'],
  },
  { table: 'templates', key: ['id'], person: owner, erasedWithPerson: 'stays', tenant, hidden: writers },
  {
    table: 'webhook_endpoints',
    key: ['id'],
    person: owner,
    erasedWithPerson: 'stays',
    tenant,
    hidden: [...writers, 'secret', 'previous_secret', 'previous_secret_until'],
  },
  { table: 'webhook_keys', key: ['tenant_id'], tenant, hidden: 'all' },
  { table: 'usage_records', key: ['job_id'], tenant, hidden: [] },
  { table: 'usage_days', key: ['tenant_id', 'day'], tenant, hidden: [] },
  { table: 'stored_changes', key: ['id'], tenant, hidden: 'all' },
  { table: 'stored_objects', key: ['tenant_id', 'sha256'], tenant, hidden: 'all' },
  { table: 'stored_totals', key: ['tenant_id'], tenant, hidden: [] },
  { table: 'storage_reservations', key: ['id'], tenant, hidden: 'all' },
  {
    table: 'invitations',
    key: ['id'],
    person: ({ email }) => sql`email = ${email}`,
    tenant,
    // Whom others have asked is theirs.
    hidden: [...writers, 'token_hash', 'granted_by', 'email'],
  },
  {
    table: 'api_keys',
    key: ['id'],
    person: column('created_by'),
    tenant,
    hidden: ['secret_hash', 'previous_hash', ...writers],
  },
  {
    table: 'token_users',
    key: ['tenant_id', 'user_id'],
    person: column('user_id'),
    tenant,
    hidden: ['email', 'subject'],
  },
  { table: 'members', key: ['tenant_id', 'user_id'], person: column('user_id'), tenant, hidden: writers },
  { table: 'roles', key: ['tenant_id', 'name'], tenant, hidden: writers },
  { table: 'removals', key: ['kind', 'id'], tenant, hidden: 'all' },
  {
    table: 'privacy_exports',
    key: ['id'],
    person: ({ id }) => sql`person_id = ${id} and scope = 'me'`,
    tenant,
    hidden: 'all',
  },
  { table: 'consents', key: ['id'], person: personId, hidden: [] },
  { table: 'sessions', key: ['id'], person: personId, hidden: ['token'] },
  {
    table: 'credentials',
    key: ['id'],
    person: personId,
    hidden: ['password', 'access_token', 'refresh_token', 'id_token'],
  },
  { table: 'second_factors', key: ['id'], person: personId, hidden: ['secret', 'backup_codes'] },
  { table: 'passkeys', key: ['id'], person: personId, hidden: ['public_key', 'credential_id'] },
  {
    table: 'verifications',
    key: ['id'],
    person: ({ id, email }) => sql`position(${id} in identifier || ' ' || value) > 0
      or (${email} <> '' and position(${email} in lower(identifier || ' ' || value)) > 0)`,
    hidden: 'all',
  },
  { table: 'people', key: ['id'], person: column('id'), hidden: [] },
  { table: 'tenants', key: ['id'], tenant: column('id'), hidden: writers },
];

/** Tables whose rows refer to bytes in the object store. */
export const tablesOfObjects: readonly (keyof Database)[] = ['assets', 'needed_results', 'privacy_exports'];
