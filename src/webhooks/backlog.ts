import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';

/** For gauges. */
export interface WebhookBacklog {
  readonly pending: number;
  /** Since what has waited longest was to be sent for the first time; 0 when nothing waits. */
  readonly oldestSeconds: number;
}

export async function readBacklog(db: Kysely<Database>): Promise<WebhookBacklog> {
  return db
    .selectFrom('webhook_deliveries')
    .select([
      sql<number>`count(*)::int`.as('pending'),
      sql<number>`coalesce(extract(epoch from now() - min(created_at)), 0)::float8`.as('oldestSeconds'),
    ])
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow();
}
