import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { SendOutcome } from './send-webhook.ts';
import type { TakenDelivery } from './take-deliveries.ts';
import type { DisabledReason } from './webhook.ts';

/** Of one delivery, replays included. */
const maxHistory = 20;
/** An endpoint that nothing has reached for so long is switched off. */
const failingMs = 5 * 24 * 3_600_000;

/** `late`: somebody else had taken it over, or it was cancelled. */
export type Settled = 'delivered' | 'retried' | 'failed' | 'late';

/** Writes what came of a try: only who holds the lease can. */
export function settleDelivery(
  db: Kysely<Database>,
  delivery: TakenDelivery,
  outcome: SendOutcome,
  now: RawBuilder<Date>,
): Promise<Settled> {
  const ok = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
  const gone = outcome.status === 410;
  const delayMs = ok || gone ? undefined : retryDelayMs(delivery.attempts + 1, outcome.retryAfterMs);
  const state = ok ? 'delivered' : delayMs === undefined ? 'failed' : 'pending';
  const { status, error, excerpt, durationMs } = outcome;
  return db.transaction().execute(async (trx) => {
    // The endpoint before its deliveries: whoever switches it off takes them in this order too.
    if (delivery.endpoint_id !== null) await lockEndpoint(trx, delivery.endpoint_id);
    const entry = sql`jsonb_build_array(jsonb_build_object('at', ${now}) || ${JSON.stringify({ status, error, excerpt, durationMs })}::jsonb)`;
    const row = await trx
      .updateTable('webhook_deliveries')
      .set({
        state,
        lease: null,
        attempts: sql<number>`attempts + 1`,
        next_at: sql<Date>`${now} + ${delayMs ?? 0} * interval '1 millisecond'`,
        history: sql`case when jsonb_array_length(history) < ${maxHistory} then history else history - 0 end || ${entry}`,
        updated_at: sql<Date>`now()`,
      })
      .where('id', '=', delivery.id)
      .where('lease', '=', delivery.lease)
      .returning('id')
      .executeTakeFirst();
    if (row === undefined) return 'late';
    if (delivery.endpoint_id !== null) await judge(trx, delivery.endpoint_id, { ok, gone, now });
    return state === 'pending' ? 'retried' : state;
  });
}

/** Gives a delivery back that was not tried to its end. */
export async function releaseDelivery(db: Kysely<Database>, { id, lease }: TakenDelivery): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ lease: null, next_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('lease', '=', lease)
    .execute();
}

async function lockEndpoint(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.selectFrom('webhook_endpoints').select('id').where('id', '=', id).forNoKeyUpdate().execute();
}

/** For whoever knows that all who held a lease are dead. */
export async function releaseAll(db: Kysely<Database>): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ lease: null, next_at: sql<Date>`now()` })
    .where('lease', 'is not', null)
    .execute();
}

interface Verdict {
  readonly ok: boolean;
  readonly gone: boolean;
  readonly now: RawBuilder<Date>;
}

async function judge(trx: Transaction<Database>, id: string, { ok, gone, now }: Verdict): Promise<void> {
  if (gone) return disable(trx, id, 'gone');
  if (ok) {
    const healthy = trx.updateTable('webhook_endpoints').set({ failing_since: null }).where('id', '=', id);
    await healthy.where('failing_since', 'is not', null).execute();
    return;
  }
  const { tooLong } = await trx
    .updateTable('webhook_endpoints')
    .set({ failing_since: sql<Date>`coalesce(failing_since, ${now})` })
    .where('id', '=', id)
    .returning(sql<boolean>`failing_since <= ${now} - ${failingMs} * interval '1 millisecond'`.as('tooLong'))
    .executeTakeFirstOrThrow();
  if (tooLong) await disable(trx, id, 'failing');
}

async function disable(trx: Transaction<Database>, id: string, reason: DisabledReason): Promise<void> {
  await trx
    .updateTable('webhook_endpoints')
    .set({ active: false, disabled_reason: reason, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('active', '=', true)
    .execute();
  await cancelPending(trx, id);
}

/** What waits for an endpoint that is switched off; a replay sends it after all. */
export async function cancelPending(trx: Transaction<Database>, endpointId: string): Promise<void> {
  await trx
    .updateTable('webhook_deliveries')
    .set({ state: 'cancelled', lease: null, updated_at: sql<Date>`now()` })
    .where('endpoint_id', '=', endpointId)
    .where('state', '=', 'pending')
    .execute();
}
