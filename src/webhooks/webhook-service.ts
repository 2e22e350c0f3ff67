import { sql, type Transaction } from 'kysely';
import { afterCursor, cursorOf } from '#database/cursor.ts';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import { lockTenant } from '#database/tenant-locks.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import { checkStorable } from '#kernel/storable-json.ts';
import { listDeliveries, readDelivery, replayDelivery, replaySince } from './delivery-log.ts';
import { checkActive, lockEndpoint, notFound, readEndpoint, toEndpoint, toSecrets } from './endpoint-rows.ts';
import { messageBody } from './message-body.ts';
import { deliveryTo, keyOf } from './outbox.ts';
import type { ReceiverGuard } from './receiver-guard.ts';
import { cancelPending } from './settle-delivery.ts';
import { newSecret } from './signature.ts';
import { type WebhookEvent, type Webhooks, webhookEvents } from './webhook.ts';

export interface WebhookServiceDeps {
  readonly tenantDb: TenantDatabase;
  readonly guard: ReceiverGuard;
}

const maxEndpoints = 20;
const maxUrlBytes = 2_000;
const maxDescriptionBytes = 1_000;

export function createWebhooks({ tenantDb, guard }: WebhookServiceDeps): Webhooks {
  return {
    async create(actor, { url, events, description }) {
      const row = { id: newId(), tenant_id: actor.tenantId, owner_id: actor.userId, secret: newSecret() };
      const values = { url: checkedUrl(guard, url), events: eventsJson(events), description: checkedText(description) };
      return tenantDb.run(actor.tenantId, async (trx) => {
        await checkRoom(trx, actor);
        const made = await trx
          .insertInto('webhook_endpoints')
          .values({ ...row, ...values, created_by: actor.userId, updated_by: actor.userId })
          .returningAll()
          .executeTakeFirstOrThrow();
        return { ...toEndpoint(made), ...toSecrets(made) };
      });
    },

    async get(actor, id) {
      return toEndpoint(await tenantDb.run(actor.tenantId, (trx) => readEndpoint(trx, actor, id)));
    },

    async list(actor, { cursor, limit }) {
      const rows = await tenantDb.run(actor.tenantId, (trx) => {
        let query = trx.selectFrom('webhook_endpoints').selectAll().where('tenant_id', '=', actor.tenantId);
        if (cursor !== undefined) query = query.where('id', '<', afterCursor(cursor, isId));
        return query
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute();
      });
      const items = rows.slice(0, limit).map(toEndpoint);
      return { items, nextCursor: rows.length > limit ? cursorOf(items.at(-1)?.id ?? '') : null };
    },

    async update(actor, id, { url, events, description, active }) {
      const values = {
        ...(url !== undefined && { url: checkedUrl(guard, url) }),
        ...(events !== undefined && { events: eventsJson(events) }),
        ...(description !== undefined && { description: checkedText(description ?? undefined) }),
        ...(active !== undefined && { active, disabled_reason: null, failing_since: null }),
      };
      return tenantDb.run(actor.tenantId, async (trx) => {
        await lockEndpoint(trx, actor, id);
        const changed = await trx
          .updateTable('webhook_endpoints')
          .set({ ...values, updated_at: sql<Date>`now()`, updated_by: actor.userId })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        if (active === false) await cancelPending(trx, id);
        return toEndpoint(changed);
      });
    },

    async remove(actor, id) {
      if (!isId(id)) notFound();
      const { numDeletedRows } = await tenantDb.run(actor.tenantId, (trx) =>
        trx
          .deleteFrom('webhook_endpoints')
          .where('id', '=', id)
          .where('tenant_id', '=', actor.tenantId)
          .executeTakeFirstOrThrow(),
      );
      if (numDeletedRows === 0n) notFound();
    },

    async secret(actor, id) {
      return await tenantDb.run(actor.tenantId, async (trx) =>
        toSecrets(id === undefined ? await keyOf(trx, actor.tenantId) : await readEndpoint(trx, actor, id)),
      );
    },

    async rotate(actor, id) {
      return tenantDb.run(actor.tenantId, async (trx) => {
        const rotated = {
          secret: newSecret(),
          previous_secret: sql<string>`secret`,
          previous_secret_until: sql<Date>`now() + interval '24 hours'`,
        };
        if (id === undefined) {
          await keyOf(trx, actor.tenantId);
          const keys = trx.updateTable('webhook_keys').set(rotated).where('tenant_id', '=', actor.tenantId);
          return toSecrets(await keys.returningAll().executeTakeFirstOrThrow());
        }
        await lockEndpoint(trx, actor, id);
        const endpoints = trx.updateTable('webhook_endpoints').set(rotated).where('id', '=', id);
        return toSecrets(await endpoints.returningAll().executeTakeFirstOrThrow());
      });
    },

    async test(actor, id) {
      return await tenantDb.run(actor.tenantId, async (trx) => {
        checkActive(await lockEndpoint(trx, actor, id));
        const body = messageBody('ping', new Date(), { endpointId: id });
        const message = { id: newId(), tenant_id: actor.tenantId, type: 'ping', subject_id: id, body };
        await trx.insertInto('webhook_messages').values(message).execute();
        const delivery = deliveryTo(id, message.id, actor.tenantId);
        await trx.insertInto('webhook_deliveries').values(delivery).execute();
        return await readDelivery(trx, actor, delivery.id);
      });
    },

    deliveries: (actor, filter) => tenantDb.run(actor.tenantId, (trx) => listDeliveries(trx, actor, filter)),
    delivery: (actor, id) => tenantDb.run(actor.tenantId, (trx) => readDelivery(trx, actor, id)),
    replay: (actor, id) => tenantDb.run(actor.tenantId, (trx) => replayDelivery(trx, actor, id)),
    replaySince: (actor, endpointId, since) =>
      tenantDb.run(actor.tenantId, (trx) => replaySince(trx, actor, endpointId, since)),
  };
}

function checkedUrl(guard: ReceiverGuard, url: string): string {
  checkStorable('url', url, maxUrlBytes);
  guard.check(url);
  return url;
}

function checkedText(description: string | undefined): string | null {
  checkStorable('description', description, maxDescriptionBytes);
  return description?.trim() || null;
}

/** Each once, in the order of the list. */
function eventsJson(events: readonly WebhookEvent[]): string {
  return JSON.stringify(webhookEvents.filter((event) => events.includes(event)));
}

async function checkRoom(trx: Transaction<Database>, actor: Actor): Promise<void> {
  await lockTenant(trx, actor.tenantId);
  const { count } = await trx
    .selectFrom('webhook_endpoints')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', actor.tenantId)
    .executeTakeFirstOrThrow();
  if (count < maxEndpoints) return;
  const detail = `There are ${maxEndpoints} webhook endpoints already, which is as many as there may be. Remove some first.`;
  throw new AppError('WEBHOOK_LIMIT', detail);
}
