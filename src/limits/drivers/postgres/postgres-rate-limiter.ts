import { CompiledQuery, type Kysely } from 'kysely';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import type { RateLimiter } from '../../rate-limiter.ts';

export interface PostgresRateLimiterOptions {
  readonly db: Kysely<Database>;
  /** `rate_limits` is as safe as all else; `request_counts` is emptied when the database crashes, and quicker. */
  readonly table: 'rate_limits' | 'request_counts';
  /** How often rows whose window has ended are removed. */
  readonly sweepMs?: number;
}

/** In our own database, PostgreSQL or PGlite, for all processes and beyond their restarts. */
export function postgresRateLimiter({ db, table, sweepMs = 60_000 }: PostgresRateLimiterOptions): RateLimiter {
  const limiter = new RateLimiterPostgres({
    storeClient: clientOf(db),
    storeType: 'client',
    tableName: table,
    tableCreated: true,
    keyPrefix: '',
    ...unusedByUs,
    clearExpiredByTimeout: false,
  });
  const timer = setInterval(() => {
    const sweep = db.deleteFrom(table).where('expire', '<', Date.now());
    // What is not removed now is removed the next time.
    sweep.execute().catch(() => undefined);
  }, sweepMs).unref();

  return {
    driver: 'postgres',
    async add(key, points, windowSeconds) {
      const { consumedPoints, msBeforeNext } = await limiter
        .penalty(key, points, { customDuration: windowSeconds })
        .catch(unavailable);
      return { used: consumedPoints, resetsInMs: msBeforeNext };
    },
    hold: async (key, used, seconds) => void (await limiter.set(key, used, seconds).catch(unavailable)),
    forget: async (key) => void (await limiter.delete(key).catch(unavailable)),
    close: async () => clearInterval(timer),
  };
}

/** Ours only add up; what is too much, and for how long, is said with each use. */
const unusedByUs = { points: 1, duration: 1 };

/** The one method of a `pg` client that the library calls; its statements are the same every time. */
function clientOf(db: Kysely<Database>) {
  return {
    async query({ text, values }: { readonly text: string; readonly values?: readonly unknown[] }) {
      const { rows, numAffectedRows } = await db.executeQuery(CompiledQuery.raw(text, [...(values ?? [])]));
      return { rows, rowCount: Number(numAffectedRows ?? rows.length) };
    },
  };
}

function unavailable(cause: unknown): never {
  throw new AppError('LIMITS_UNAVAILABLE', 'Nobody can say how much was used already. Try again in a few seconds.', {
    cause,
  });
}
