import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';

/** When keys were last used, written down for many at once, and for each at most once in an interval. */
export interface LastUses {
  note(keyId: string): void;
  /** Writes down what is left. */
  close(): Promise<void>;
}

export interface LastUsesOptions {
  readonly intervalMs?: number;
  /** The next interval tries again. */
  readonly onError: (error: unknown) => void;
}

/** Of one interval; what is beyond is not written down. */
const maxNoted = 20_000;

export function createLastUses(db: Kysely<Database>, { intervalMs = 60_000, onError }: LastUsesOptions): LastUses {
  let noted = new Map<string, Date>();
  let writing: Promise<void> = Promise.resolve();

  function flush(): Promise<void> {
    writing = writing.then(async () => {
      const uses = noted;
      if (uses.size === 0) return;
      noted = new Map();
      try {
        await write(db, uses);
      } catch (error) {
        onError(error);
        for (const [id, at] of uses) if (!noted.has(id)) noted.set(id, at);
      }
    });
    return writing;
  }

  const timer = setInterval(flush, intervalMs).unref();
  return {
    note(keyId) {
      if (noted.size < maxNoted || noted.has(keyId)) noted.set(keyId, new Date());
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

async function write(db: Kysely<Database>, uses: ReadonlyMap<string, Date>): Promise<void> {
  await sql`
    update api_keys set last_used_at = greatest(last_used_at, used.at)
    from unnest(${[...uses.keys()]}::text[], ${[...uses.values()]}::timestamptz[]) as used (id, at)
    where api_keys.id = used.id`.execute(db);
}
