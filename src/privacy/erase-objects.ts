import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import { unreferenced } from '#jobs/unreferenced.ts';
import type { ObjectStore } from '#storage/object-store.ts';

export interface ObjectDeps {
  readonly db: Kysely<Database>;
  readonly store: ObjectStore;
  /** Takes them out of every cache, of all processes. */
  readonly dropCached: (hashes: readonly string[]) => Promise<void>;
}

/** A transaction is open meanwhile. */
const atOnce = 32;
/** Older marks mean nothing: see `refuse_erased_object` in migration 0017. */
const markedFor = sql`interval '1 day'`;

/**
 * Removes the bytes that erased rows referred to and nobody else does, whatever their age: whoever is about to refer to them
 * waits, and is refused if they are gone then.
 *
 * @returns how many objects were removed
 */
export async function eraseObjects({ db, store, dropCached }: ObjectDeps): Promise<number> {
  let erased = 0;
  for (;;) {
    const { rows } = await sql<{ bucket: number; hashes: string[] }>`
      select bucket, array_agg(sha256) as hashes from (
        select sha256, hashtext(sha256) & 63 as bucket from erased_objects where erased_at is null limit ${atOnce}
      ) as waiting group by bucket`.execute(db);
    if (rows.length === 0) break;
    for (const { hashes } of rows) {
      const gone = await eraseAlone(db, store, hashes);
      await dropCached(gone);
      erased += gone.length;
    }
  }
  await sql`delete from erased_objects where erased_at < now() - ${markedFor}`.execute(db);
  return erased;
}

/** One lock at a time, so that nobody waits in a circle. @param hashes whose lock is the same */
async function eraseAlone(db: Kysely<Database>, store: ObjectStore, hashes: readonly string[]): Promise<string[]> {
  return await db.transaction().execute(async (trx) => {
    await sql`select lock_object(${hashes[0]}, true)`.execute(trx);
    const orphans = await unreferenced(trx, hashes);
    const removals = orphans.map(async (sha256) => ((await store.deleteIfOlder(sha256, whatever)) ? [sha256] : []));
    const gone = (await Promise.all(removals)).flat();
    const spared = hashes.filter((sha256) => !orphans.includes(sha256));
    await sql`update erased_objects set erased_at = clock_timestamp() where sha256 = any(${gone}::text[])`.execute(trx);
    await sql`delete from erased_objects where sha256 = any(${spared}::text[])`.execute(trx);
    return gone;
  });
}

/** Of any age, also with a clock ahead of ours. */
const whatever = Number.NEGATIVE_INFINITY;
