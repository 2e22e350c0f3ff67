import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCreator,
  type QueryExecutorProvider,
  type QueryResult,
  sql,
  type Transaction,
} from 'kysely';
import { isId } from '#kernel/ids.ts';
import type { Database } from './schema.ts';
import { tenantRole } from './tenant-role.ts';

/**
 * The database as one tenant sees it. Services that act on somebody's behalf get this and not the database itself, so
 * that a query without a tenant cannot be written; row-level security under it refuses what a query forgets.
 */
export interface TenantDatabase {
  /**
   * One transaction in which only this tenant's rows are there to be seen, changed or added.
   *
   * @param tenantId a tenant's id; with another one there are no rows
   */
  run<T>(tenantId: string, work: (db: Transaction<Database>) => Promise<T>): Promise<T>;
  /**
   * A transaction of one statement. A server of PostgreSQL gets it in one message and answers once, where `run` goes there
   * and back three times.
   *
   * @param statement only builds it: what it is given cannot run anything
   */
  execute<Row>(tenantId: string, statement: (db: QueryCreator<Database>) => Statement<Row>): Promise<Row[]>;
}

/** What Kysely's builders make, and its raw SQL. */
export interface Statement<Row> {
  compile(provider: QueryExecutorProvider): CompiledQuery<Row>;
}

/** Runs a statement after an entry, both in a transaction of their own. The entry has no parameters. */
export type RunAlone = <Row>(
  db: Kysely<Database>,
  entry: string,
  statement: CompiledQuery<Row>,
) => Promise<QueryResult<Row>>;

/** For what opens a transaction by itself, inside of one that is this tenant's already. */
export function joinTransaction(trx: Transaction<Database>, tenantId: string): TenantDatabase {
  const check = (asked: string): void => {
    if (asked !== tenantId) throw new Error('a transaction belongs to one tenant');
  };
  return {
    async run(asked, work) {
      check(asked);
      return await work(trx);
    },
    async execute(asked, statement) {
      check(asked);
      return (await trx.executeQuery(statement(trx).compile(trx))).rows;
    },
  };
}

/**
 * @param enforced whether the role exists: see `prepareTenantRole`. Without it queries filter for themselves, as they do
 * everywhere, and nothing stands under them.
 */
export function openTenantDatabase(
  db: Kysely<Database>,
  enforced: boolean,
  runAlone: RunAlone = inTransaction,
): TenantDatabase {
  return {
    run: (tenantId, work) =>
      db.transaction().execute(async (trx) => {
        await sql.raw(entryOf(tenantId, enforced)).execute(trx);
        return await work(trx);
      }),
    execute: async (tenantId, statement) =>
      (await runAlone(db, entryOf(tenantId, enforced), statement(builder).compile(builder))).rows,
  };
}

const inTransaction: RunAlone = (db, entry, statement) =>
  db.transaction().execute(async (trx) => {
    await sql.raw(entry).execute(trx);
    return await trx.executeQuery(statement);
  });

/** Without parameters, so that it can go in one message with the beginning of the transaction. */
function entryOf(tenantId: string, enforced: boolean): string {
  if (!isId(tenantId)) throw new Error('a tenant’s id is a UUID');
  const tenant = `set_config('esteira.tenant_id', '${tenantId}', true)`;
  return enforced ? `select set_config('role', '${tenantRole}', true), ${tenant}` : `select ${tenant}`;
}

/** Of no database: what is built with it can only be taken elsewhere. */
const builder = new Kysely<Database>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
