import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';
import { type LeaseLocksOptions, leaseLocks } from '../../lease-locks.ts';
import type { Locks } from '../../locks.ts';

export interface PostgresLocksOptions extends Pick<LeaseLocksOptions, 'leaseMs' | 'onError'> {
  readonly db: Kysely<Database>;
  readonly fanOut: FanOut;
}

/**
 * One row for each name. Not the database's own advisory locks: those need a connection for as long as they are held,
 * and an upload may take minutes.
 */
export function postgresLocks({ db, ...options }: PostgresLocksOptions): Locks {
  return leaseLocks({
    ...options,
    leases: {
      driver: 'postgres',
      async take(name, holder, leaseMs) {
        const row = await db
          .insertInto('locks')
          .values({ name, holder, expires_at: after(leaseMs) })
          .onConflict((conflict) =>
            conflict
              .column('name')
              .doUpdateSet({ holder, expires_at: after(leaseMs) })
              .where('locks.expires_at', '<', sql<Date>`clock_timestamp()`),
          )
          .returning('name')
          .executeTakeFirst();
        return row !== undefined;
      },
      async renew(name, holder, leaseMs) {
        const { numUpdatedRows } = await db
          .updateTable('locks')
          .set({ expires_at: after(leaseMs) })
          .where('name', '=', name)
          .where('holder', '=', holder)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      },
      async free(name, holder) {
        await db.deleteFrom('locks').where('name', '=', name).where('holder', '=', holder).execute();
      },
      // Rows of killed processes whose names nobody wants any more.
      async close() {
        await db.deleteFrom('locks').where('expires_at', '<', sql<Date>`clock_timestamp()`).execute();
      },
    },
  });
}

/** By the database's clock, which is one for all. */
function after(ms: number) {
  return sql<Date>`clock_timestamp() + ${ms}::int * interval '1 millisecond'`;
}
