import type { PGlite } from '@electric-sql/pglite';

/**
 * What autovacuum does in PostgreSQL, and by its rule: gives back the room of dead rows where they are a fifth of a
 * table, and counts again what the planner wants to know where a tenth has changed. PGlite has no process for it.
 *
 * Everything else waits meanwhile, so tables that do not need it are left alone.
 */
export async function vacuumWhereNeeded(pglite: PGlite): Promise<void> {
  // A single process writes down what it counted only from time to time.
  await pglite.query('select pg_stat_force_next_flush()');
  const { rows } = await pglite.query<{ statement: string }>(`
    select format(case
        when not dead then 'analyze %I.%I'
        when changed then 'vacuum (analyze) %I.%I'
        else 'vacuum %I.%I'
      end, schemaname, relname) as statement
    from (
      select schemaname, relname,
        n_dead_tup > 50 + 0.2 * n_live_tup as dead,
        n_mod_since_analyze > 50 + 0.1 * n_live_tup as changed
      from pg_stat_user_tables) as tables
    where dead or changed`);
  for (const { statement } of rows) await pglite.query(statement);
}
