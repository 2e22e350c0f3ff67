import { type Kysely, sql } from 'kysely';

export type RowCommand = 'select' | 'insert' | 'update' | 'delete';

export interface Protection {
  /** The column that says whose a row is. Default `tenant_id`. */
  readonly column?: string;
  /** For tables whose rows belong to a row of another one: that table, and the column that names its row. */
  readonly parent?: { readonly table: string; readonly column: string };
  /** What a tenant may do with its rows; nothing else is granted. Default: everything. */
  readonly commands?: readonly RowCommand[] | undefined;
}

/** What names policies as ours: the rights of the role are made of them, see `tenant-role.ts`. */
export const policyPrefix = 'tenant_rows';

/** Fails where nobody has said which tenant it is: no setting, no rows. */
const currentTenant = `current_setting('esteira.tenant_id')::uuid`;

/**
 * For migrations: puts a table under row-level security, so that a transaction of `TenantDatabase` sees and writes rows
 * of its tenant alone. The program's own user, who owns the tables, is not bound by it.
 *
 * @param table has a column `tenant_id`, or what `protection` says
 */
export async function protectTenantRows(
  db: Kysely<unknown>,
  table: string,
  protection: Protection = {},
): Promise<void> {
  const { column = 'tenant_id', parent, commands } = protection;
  if (parent !== undefined) await createOwnership(db, parent.table);
  const isOwn =
    parent === undefined
      ? sql`${sql.ref(column)} = ${sql.raw(currentTenant)}`
      : sql`${ownership(parent.table)}(${sql.ref(parent.column)})`;
  await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
  for (const command of commands ?? (['all'] as const)) {
    const name = sql.ref(commands === undefined ? policyPrefix : `${policyPrefix}_${command}`);
    const using = command === 'insert' ? sql`` : sql`using (${isOwn})`;
    const check = command === 'select' || command === 'delete' ? sql`` : sql`with check (${isOwn})`;
    await sql`create policy ${name} on ${sql.table(table)} for ${sql.raw(command)} ${using} ${check}`.execute(db);
  }
}

function ownership(table: string) {
  return sql.ref(`owns_row_of_${table}`);
}

/**
 * Whether the tenant sees this row: the table's own policy says so. A function, because a question inside of a policy is
 * planned anew with every statement, which takes longer than all of them take to run.
 */
async function createOwnership(db: Kysely<unknown>, table: string): Promise<void> {
  await sql`
    create or replace function ${ownership(table)}(row_id uuid) returns boolean language plpgsql stable as $$
    begin
      return exists (select from ${sql.table(table)} where id = row_id);
    end $$`.execute(db);
}
