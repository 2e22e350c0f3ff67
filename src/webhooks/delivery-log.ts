import { sql, type Transaction } from 'kysely';
import { afterCursor, cursorOf } from '#database/cursor.ts';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';
import { checkActive, lockEndpoint, readEndpoint } from './endpoint-rows.ts';
import type {
  DeliveryAttempt,
  DeliveryFilter,
  DeliveryState,
  PageOf,
  WebhookDelivery,
  WebhookDeliveryDetail,
} from './webhook.ts';

/** @throws AppError WEBHOOK_NOT_FOUND */
export async function listDeliveries(
  trx: Transaction<Database>,
  actor: Actor,
  { endpointId, subjectId, state, cursor, limit }: DeliveryFilter,
): Promise<PageOf<WebhookDelivery>> {
  if (endpointId !== undefined) await readEndpoint(trx, actor, endpointId);
  if (subjectId !== undefined && !isId(subjectId)) return { items: [], nextCursor: null };
  let query = selectDeliveries(trx, actor);
  if (endpointId !== undefined) query = query.where('each.endpoint_id', '=', endpointId);
  if (subjectId !== undefined) query = query.where('message.subject_id', '=', subjectId);
  if (state !== undefined) query = query.where('each.state', '=', state);
  if (cursor !== undefined) query = query.where('each.id', '<', afterCursor(cursor, isId));
  const rows = await query
    .orderBy('each.id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(toDelivery);
  return { items, nextCursor: rows.length > limit ? cursorOf(items.at(-1)?.id ?? '') : null };
}

/** @throws AppError DELIVERY_NOT_FOUND */
export async function readDelivery(
  trx: Transaction<Database>,
  actor: Actor,
  id: string,
): Promise<WebhookDeliveryDetail> {
  const row = isId(id)
    ? await selectDeliveries(trx, actor)
        .select(['each.history', 'message.body'])
        .where('each.id', '=', id)
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw notFound();
  return { ...toDelivery(row), body: row.body, history: row.history.map((entry) => toAttempt(entry as AttemptJson)) };
}

/** @throws AppError DELIVERY_NOT_FOUND, WEBHOOK_INACTIVE */
export async function replayDelivery(trx: Transaction<Database>, actor: Actor, id: string): Promise<WebhookDelivery> {
  const { endpointId } = await readDelivery(trx, actor, id);
  if (endpointId !== null) checkActive(await lockEndpoint(trx, actor, endpointId));
  // One that is being sent at this moment is not sent twice.
  await trx
    .updateTable('webhook_deliveries')
    .set(fromTheStart)
    .where('id', '=', id)
    .where('tenant_id', '=', actor.tenantId)
    .where('lease', 'is', null)
    .execute();
  return readDelivery(trx, actor, id);
}

/** @throws AppError WEBHOOK_NOT_FOUND, WEBHOOK_INACTIVE */
export async function replaySince(
  trx: Transaction<Database>,
  actor: Actor,
  endpointId: string,
  since: Date,
): Promise<number> {
  checkActive(await lockEndpoint(trx, actor, endpointId));
  const { numUpdatedRows } = await trx
    .updateTable('webhook_deliveries')
    .set(fromTheStart)
    .where('endpoint_id', '=', endpointId)
    .where('state', 'in', ['failed', 'cancelled'])
    .where('created_at', '>=', since)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

const fromTheStart = {
  state: 'pending',
  attempts: 0,
  next_at: sql<Date>`now()`,
  updated_at: sql<Date>`now()`,
} as const;

function selectDeliveries(trx: Transaction<Database>, actor: Actor) {
  return trx
    .selectFrom('webhook_deliveries as each')
    .innerJoin('webhook_messages as message', 'message.id', 'each.message_id')
    .leftJoin('webhook_endpoints as endpoint', 'endpoint.id', 'each.endpoint_id')
    .select(['each.id', 'each.message_id', 'message.type', 'each.endpoint_id', 'each.state', 'each.attempts'])
    .select(['each.next_at', 'each.created_at'])
    .select([
      sql<string>`coalesce(each.url, endpoint.url)`.as('url'),
      sql<AttemptJson | null>`each.history -> -1`.as('last'),
    ])
    .where('each.tenant_id', '=', actor.tenantId);
}

type DeliveryRow = Awaited<ReturnType<ReturnType<typeof selectDeliveries>['executeTakeFirstOrThrow']>>;

type AttemptJson = Omit<DeliveryAttempt, 'at'> & { readonly at: string };

function toDelivery(row: DeliveryRow): WebhookDelivery {
  const state: DeliveryState = row.state;
  return {
    id: row.id,
    messageId: `msg_${row.message_id}`,
    type: row.type,
    endpointId: row.endpoint_id,
    url: row.url,
    state,
    attempts: row.attempts,
    nextAt: state === 'pending' ? row.next_at : null,
    lastAttempt: row.last === null ? null : toAttempt(row.last),
    createdAt: row.created_at,
  };
}

function toAttempt({ at, status, error, excerpt, durationMs }: AttemptJson): DeliveryAttempt {
  return { at: new Date(at), status, error, excerpt, durationMs };
}

function notFound(): AppError {
  return new AppError('DELIVERY_NOT_FOUND', 'There is no delivery with this id. Deliveries are kept for 30 days.');
}
