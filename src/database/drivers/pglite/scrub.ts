import { type Kysely, sql } from 'kysely';
import type { Database } from '../../schema.ts';

/** More than a folder of this size has. */
const maxSegments = 64;

/**
 * Writes all tables anew and lets go of the log, so that what was deleted is in no file of the folder any more: neither as a
 * dead row, nor in an index, nor among the values that the planner remembers. Everything else waits meanwhile.
 */
export async function scrub(db: Kysely<Database>): Promise<void> {
  const { rows: tables } = await sql<{ statement: string }>`
    select format('vacuum full %I.%I', schemaname, relname) as statement from pg_stat_user_tables`.execute(db);
  for (const { statement } of tables) await sql.raw(statement).execute(db);
  // An empty table keeps what was counted of it when it was not.
  await sql`delete from pg_statistic`.execute(db);
  await sql`vacuum full pg_statistic`.execute(db);
  await sql`analyze`.execute(db);
  await sql`checkpoint`.execute(db);
  // Segments that were put aside for later still have what stood in them: each has its turn, and is removed.
  for (let left = Math.min(await segments(db), maxSegments); left > 0; left--) {
    await sql`select pg_logical_emit_message(false, 'esteira', '')`.execute(db);
    await sql`select pg_switch_wal()`.execute(db);
  }
  await sql`checkpoint`.execute(db);
}

async function segments(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from pg_ls_waldir()`.execute(db);
  return (rows[0]?.count ?? 0) + 1;
}
