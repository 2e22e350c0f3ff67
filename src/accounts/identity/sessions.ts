import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import { isId } from '#kernel/ids.ts';

/** Where a person is signed in. */
export interface OpenSession {
  readonly id: string;
  readonly createdAt: Date;
  /** When it was last prolonged: within a day of its last use. */
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export interface Sessions {
  /** Newest first. */
  of(personId: string): Promise<OpenSession[]>;
  /** One of theirs; of others, or of nobody, nothing happens. */
  end(personId: string, id: string): Promise<void>;
  endOthers(personId: string, id: string): Promise<void>;
  /** Where it acts from now on. */
  choose(personId: string, id: string, tenantId: string): Promise<void>;
  /** What is over. */
  collect(): Promise<void>;
}

const maxListed = 200;

/** @param changed is told whose sessions are not what they were */
export function createSessions(db: Kysely<Database>, changed: (personId: string) => void): Sessions {
  return {
    async of(personId) {
      const rows = await db
        .selectFrom('sessions')
        .select(['id', 'created_at', 'updated_at', 'expires_at', 'ip_address', 'user_agent'])
        .where('person_id', '=', personId)
        .where('expires_at', '>', sql<Date>`now()`)
        .orderBy('id', 'desc')
        .limit(maxListed)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
        expiresAt: row.expires_at,
        ipAddress: row.ip_address || null,
        userAgent: row.user_agent || null,
      }));
    },

    async end(personId, id) {
      if (!isId(id)) return;
      await db.deleteFrom('sessions').where('person_id', '=', personId).where('id', '=', id).execute();
      changed(personId);
    },

    async endOthers(personId, id) {
      await db.deleteFrom('sessions').where('person_id', '=', personId).where('id', '<>', id).execute();
      changed(personId);
    },

    async choose(personId, id, tenantId) {
      await db
        .updateTable('sessions')
        .set({ workspace_id: tenantId })
        .where('person_id', '=', personId)
        .where('id', '=', id)
        .execute();
      changed(personId);
    },

    async collect() {
      await db.deleteFrom('sessions').where('expires_at', '<', sql<Date>`now()`).execute();
      await db.deleteFrom('verifications').where('expires_at', '<', sql<Date>`now()`).execute();
      await db.deleteFrom('setup_tokens').where('created_at', '<', sql<Date>`now() - interval '30 days'`).execute();
    },
  };
}
