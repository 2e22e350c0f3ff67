import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';

const rowsAtOnce = 500;

/** Removes messages that are older than that, with what became of them. No try is left by then. */
export async function removeOldMessages(db: Kysely<Database>, keepMs: number): Promise<void> {
  for (;;) {
    const old = db
      .selectFrom('webhook_messages')
      .select('id')
      .where('created_at', '<', sql<Date>`now() - ${keepMs} * interval '1 millisecond'`)
      .limit(rowsAtOnce);
    const { numDeletedRows } = await db.deleteFrom('webhook_messages').where('id', 'in', old).executeTakeFirst();
    if (numDeletedRows < BigInt(rowsAtOnce)) return;
  }
}
