import { type Kysely, sql } from 'kysely';
import type { Database } from './schema.ts';
import { policyPrefix } from './tenant-rows.ts';

/** Whom a tenant's transaction acts as: may not sign in, owns nothing, and is bound by row-level security. */
export const tenantRole = 'esteira_tenant';

/** Any number; held while rights are given, so that processes of one database do not do it at once. */
const rightsLock = 735_221_006;
const maxRounds = 10;

/**
 * Sees to it that the role exists, that this user may act as it, and that it has the rights that the policies speak of
 * and no others. At every start, not in a migration: roles belong to a server, and a copy of a database that is restored
 * on another one comes without.
 *
 * @returns whether row-level security is in force; not where this user may not create roles and nobody else has
 */
export async function prepareTenantRole(db: Kysely<Database>): Promise<boolean> {
  for (let round = 1; ; round++) {
    try {
      return await db.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(${rightsLock})`.execute(trx);
        await createRole(trx);
        await grantRights(trx);
        return true;
      });
    } catch (error) {
      if (isCode(error, insufficientPrivilege)) return false;
      // Databases of one server share its roles, and the lock is of one database.
      if (round === maxRounds || !raced.some((code) => isCode(error, code))) throw error;
    }
  }
}

const insufficientPrivilege = '42501';
/** Unique violation, duplicate object, and "tuple concurrently updated". */
const raced = ['23505', '42710', 'XX000'];

async function createRole(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql`select from pg_roles where rolname = ${tenantRole}`.execute(db);
  if (rows.length === 0) await sql`create role ${sql.ref(tenantRole)} nologin`.execute(db);
  if (!(await mayAct(db))) await sql`grant ${sql.ref(tenantRole)} to current_user`.execute(db);
}

async function mayAct(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select pg_has_role(${tenantRole}, 'member') as may`.execute(db);
  return rows[0]?.may === true;
}

async function grantRights(db: Kysely<Database>): Promise<void> {
  const schema = await sql<{ name: string; may: boolean }>`
    select current_schema() as name, has_schema_privilege(${tenantRole}, current_schema(), 'usage') as may`.execute(db);
  for (const { name, may } of schema.rows) {
    if (!may) await sql`grant usage on schema ${sql.ref(name)} to ${sql.ref(tenantRole)}`.execute(db);
  }
  const { rows } = await sql<{ table: string; command: string }>`
    select wanted.tablename as "table", wanted.command
    from (
      select schemaname, tablename, unnest(
        case cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] else array[cmd] end) as command
      from pg_policies
      where schemaname = current_schema() and starts_with(policyname, ${policyPrefix})
    ) as wanted
    where not has_table_privilege(${tenantRole}, format('%I.%I', schemaname, tablename), wanted.command)`.execute(db);
  for (const { table, command } of rows) {
    await sql`grant ${sql.raw(command)} on ${sql.table(table)} to ${sql.ref(tenantRole)}`.execute(db);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
