import type { PGlite, Transaction } from '@electric-sql/pglite';
import type { PgNotification, PgPool, PgPoolClient, PgQueryable, PgQueryResult } from 'bullmq';

/**
 * One PGlite in the shape of `pg.Pool`, as far as BullMQ uses it.
 *
 * Every call is one statement and takes its turn on PGlite's single connection, after a transaction of Kysely's has
 * ended. So a "client" is nothing but the same connection with ears: it never opens a transaction of its own.
 */
export function createPGlitePool(pglite: PGlite): PgPool {
  const query: PgQueryable['query'] = (text, parameters) => runStatement(pglite, text, parameters);
  const pool: PgPool = {
    query,
    connect: async () => createClient(pglite, query),
    end: async () => {}, // the instance belongs to whoever opened it
    on: () => pool, // nothing to report: no connection comes or goes
    removeAllListeners: () => pool,
  };
  // BullMQ asks whether a dead connection would be noticed: this one cannot die alone.
  return Object.assign(pool, { options: { keepAlive: true } });
}

/** A session for BullMQ's migrations inside one PGlite transaction, which begins and ends by itself. */
export function createMigrationSession(transaction: Transaction): PgQueryable {
  return {
    query: async (text, parameters) => {
      if (/^(BEGIN|COMMIT|ROLLBACK)$/.test(text)) return { rows: [] };
      if (parameters !== undefined) return transaction.query(text, [...parameters]);
      const results = await transaction.exec(text);
      return (results.at(-1) ?? { rows: [] }) as PgQueryResult<never>;
    },
  };
}

type Listener = (notification: PgNotification) => void;

function createClient(pglite: PGlite, query: PgQueryable['query']): PgPoolClient {
  const listeners = new Set<Listener>();
  const channels = new Map<string, () => Promise<void>>();

  async function listen(channel: string): Promise<void> {
    if (channels.has(channel)) return;
    const stop = await pglite.listen(channel, (payload) => {
      for (const listener of listeners) listener({ channel, payload });
    });
    channels.set(channel, stop);
  }

  const client: PgPoolClient = {
    query: async (text, parameters) => {
      const channel = /^LISTEN (\w+);?$/.exec(withoutComments(text))?.[1];
      if (channel === undefined) return query(text, parameters);
      await listen(channel);
      return { rows: [] };
    },
    on: (event: string, listener: Listener | ((error: Error) => void)) => {
      if (event === 'notification') listeners.add(listener as Listener);
      return client;
    },
    removeListener: (_event, listener) => {
      listeners.delete(listener);
      return client;
    },
    removeAllListeners: () => {
      listeners.clear();
      return client;
    },
    release: () => {
      for (const stop of channels.values()) void stop().catch(() => {}); // a closed PGlite has no ears
      channels.clear();
    },
  };
  return client;
}

async function runStatement<R>(
  pglite: PGlite,
  text: string,
  parameters?: readonly unknown[],
): Promise<PgQueryResult<R>> {
  const { rows, affectedRows } = await pglite.query<R>(text, parameters && [...parameters]);
  return { rows, rowCount: affectedRows ?? rows.length };
}

function withoutComments(sql: string): string {
  return sql.replace(/--.*$/gm, '').trim();
}
