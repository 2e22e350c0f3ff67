import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import { isId } from '#kernel/ids.ts';
import type { DirectAccess } from '#storage/direct-access.ts';

const idsAtOnce = 500;

/**
 * Removes what was not completed in time, whoever sent it.
 *
 * @param direct undefined where no client can reach the store: then there are no files of theirs
 * @returns how many files of the store that were
 */
export async function collectStaged(db: Kysely<Database>, direct: DirectAccess | undefined): Promise<number> {
  await db.deleteFrom('pending_uploads').where('expires_at', '<', new Date()).execute();
  if (direct === undefined) return 0;
  let removed = 0;
  let batch: string[] = [];
  const flush = async () => {
    const orphans = await withoutRow(db, batch);
    for (const id of orphans) await direct.removeStaged(id);
    removed += orphans.length;
    batch = [];
  };
  for await (const { id } of direct.listStaged()) {
    batch.push(id);
    if (batch.length === idsAtOnce) await flush();
  }
  await flush();
  return removed;
}

/** A row is written before anybody has the address: what has none now never gets one. */
async function withoutRow(db: Kysely<Database>, ids: readonly string[]): Promise<string[]> {
  const named = ids.filter(isId);
  if (named.length === 0) return [...ids];
  const rows = await db.selectFrom('pending_uploads').select('id').where('id', 'in', named).execute();
  const held = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !held.has(id));
}
