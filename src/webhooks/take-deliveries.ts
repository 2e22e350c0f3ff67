import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { SecretColumns } from './signature.ts';

/** A delivery that is ours until the lease is over. */
export interface TakenDelivery extends SecretColumns {
  readonly id: string;
  readonly lease: string;
  readonly attempts: number;
  readonly message_id: string;
  readonly endpoint_id: string | null;
  readonly url: string;
  readonly body: string;
}

export interface TakeOptions {
  /** Now, by the database's clock, which all processes share. */
  readonly now: RawBuilder<Date>;
  readonly limit: number;
  /** At once to one receiver, by all processes together; two that look at the same moment may pass it once. */
  readonly perLane: number;
  /** Longer than a try takes: who holds it longer has died. */
  readonly leaseMs: number;
}

/**
 * Takes what is due. Each lane is asked for its own next ones, by the index alone, so that a receiver that hangs, with
 * thousands that wait for it, neither takes all places nor makes the look any longer.
 */
export async function takeDeliveries(db: Kysely<Database>, options: TakeOptions): Promise<readonly TakenDelivery[]> {
  const { now, limit, perLane, leaseMs } = options;
  const { rows } = await sql<TakenDelivery>`
    with recursive lanes (lane) as (
      (select lane from webhook_deliveries where state = 'pending' order by lane limit 1)
      union all
      select (
        select each.lane from webhook_deliveries as each
        where each.state = 'pending' and each.lane > lanes.lane order by each.lane limit 1
      ) from lanes where lanes.lane is not null
    ),
    due as (
      select next.id from lanes cross join lateral (
        select each.id, each.next_at from webhook_deliveries as each
        where each.lane = lanes.lane and each.state = 'pending' and each.next_at <= ${now}
        order by each.next_at
        limit greatest(0, ${perLane}::int - (
          select count(*) from webhook_deliveries as held
          where held.lane = lanes.lane and held.lease is not null and held.next_at > ${now}
        ))
        for update skip locked
      ) as next
      order by next.next_at
      limit ${limit}::int
    ),
    taken as (
      update webhook_deliveries as each
      set lease = gen_random_uuid(), next_at = ${now} + ${leaseMs} * interval '1 millisecond', updated_at = now()
      from due where each.id = due.id
      returning each.*
    )
    select taken.id, taken.lease, taken.attempts, taken.message_id, taken.endpoint_id, webhook_messages.body,
      coalesce(taken.url, webhook_endpoints.url) as url,
      coalesce(webhook_endpoints.secret, webhook_keys.secret) as secret,
      coalesce(webhook_endpoints.previous_secret, webhook_keys.previous_secret) as previous_secret,
      coalesce(webhook_endpoints.previous_secret_until, webhook_keys.previous_secret_until) as previous_secret_until
    from taken
    join webhook_messages on webhook_messages.id = taken.message_id
    left join webhook_endpoints on webhook_endpoints.id = taken.endpoint_id
    left join webhook_keys on taken.endpoint_id is null and webhook_keys.tenant_id = taken.tenant_id`.execute(db);
  return rows;
}
