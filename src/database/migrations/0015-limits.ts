import { type Kysely, sql } from 'kysely';

/**
 * What has been used of limits, in the shape that rate-limiter-flexible has for it; `expire` is in milliseconds of the
 * clock. Requests are counted in a table that needs no log: they come by the thousand, and a crash may forgive them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const counts = '(key text primary key, points integer not null, expire bigint not null)';

const statements = [
  `create table rate_limits ${counts}`,
  `create unlogged table request_counts ${counts}`,
  'create index rate_limits_expire on rate_limits (expire)',
  'create index request_counts_expire on request_counts (expire)',
  // One row: all processes are in it together.
  `create table limit_mode (
    id boolean primary key default true check (id),
    mode text not null check (mode in ('normal', 'aggressive')),
    until timestamptz,
    updated_at timestamptz not null default now(),
    updated_by uuid
  )`,
];
