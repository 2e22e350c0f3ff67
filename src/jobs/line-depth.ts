import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';

/** How much of one processor's work there is, whoever's it is. */
export interface LineDepth {
  readonly processor: string;
  /** Jobs that could be taken now. */
  readonly waiting: number;
  /** Jobs that are tried again later. */
  readonly delayed: number;
  readonly active: number;
  /** How long the one that waits longest could have been taken; 0 when none waits. */
  readonly oldestSeconds: number;
}

/**
 * The line as it is in the database, for all processes: any of them may answer. Jobs that follow the same work in
 * flight are not in it, they need nobody.
 *
 * @returns processors that have any work, by name
 */
export async function readLine(db: Kysely<Database>): Promise<LineDepth[]> {
  // Two parts, each from an index of its own that holds nothing else.
  const { rows } = await sql<LineDepth>`
    with line as (
      select processor, available_at <= now() or available_at > now() + interval '1 minute' as due, available_at
      from jobs where status = 'queued' and leader_id is null
    ),
    queued as (
      select processor, count(*) filter (where due) as waiting, count(*) filter (where not due) as delayed,
        extract(epoch from now() - min(available_at) filter (where due)) as oldest_seconds
      from line group by processor
    ),
    running as (select processor, count(*) as active from jobs where status = 'active' group by processor)
    select processor, coalesce(waiting, 0)::int as waiting, coalesce(delayed, 0)::int as delayed,
      coalesce(active, 0)::int as active, greatest(0, coalesce(oldest_seconds, 0))::float8 as "oldestSeconds"
    from queued full join running using (processor)
    order by processor`.execute(db);
  return rows;
}

export type LineReader = () => Promise<readonly LineDepth[]>;

/**
 * The line for many who ask: one look into the database every `maxAgeMs`, however many ask at once.
 *
 * @param processors shown with zeros when they have no work, so that who watches sees them from the beginning
 */
export function lineReader(db: Kysely<Database>, processors: readonly string[] = [], maxAgeMs = 2_000): LineReader {
  let latest: { readonly atMs: number; readonly line: Promise<readonly LineDepth[]> } | undefined;
  return () => {
    const nowMs = performance.now();
    if (latest === undefined || nowMs - latest.atMs > maxAgeMs) {
      latest = { atMs: nowMs, line: readLine(db).then((line) => withIdle(line, processors)) };
    }
    return latest.line;
  };
}

function withIdle(line: readonly LineDepth[], processors: readonly string[]): LineDepth[] {
  const idle = processors
    .filter((name) => !line.some(({ processor }) => processor === name))
    .map((processor) => ({ processor, waiting: 0, delayed: 0, active: 0, oldestSeconds: 0 }));
  return [...line, ...idle].toSorted((a, b) => (a.processor < b.processor ? -1 : 1));
}
