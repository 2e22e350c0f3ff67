import type { Selectable, Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';
import type { SecretColumns } from './signature.ts';
import { type WebhookEndpoint, type WebhookEvent, type WebhookSecrets, webhookEvents } from './webhook.ts';

export type EndpointRow = Selectable<Database['webhook_endpoints']>;

export function toEndpoint(row: EndpointRow): WebhookEndpoint {
  return {
    id: row.id,
    url: row.url,
    events: row.events.filter(isEvent),
    description: row.description,
    active: row.active,
    disabledReason: row.disabled_reason,
    failingSince: row.failing_since,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toSecrets(row: SecretColumns): WebhookSecrets {
  const { secret, previous_secret, previous_secret_until: until } = row;
  const holds = previous_secret !== null && until !== null && until.getTime() > Date.now();
  return { secret, previous: holds ? { secret: previous_secret, until } : null };
}

/** @throws AppError WEBHOOK_NOT_FOUND */
export async function readEndpoint(trx: Transaction<Database>, actor: Actor, id: string): Promise<EndpointRow> {
  return (await selectEndpoint(trx, actor, id)?.executeTakeFirst()) ?? notFound();
}

/** Whoever changes it next, or writes deliveries to it, waits here. @throws AppError WEBHOOK_NOT_FOUND */
export async function lockEndpoint(trx: Transaction<Database>, actor: Actor, id: string): Promise<EndpointRow> {
  return (await selectEndpoint(trx, actor, id)?.forNoKeyUpdate().executeTakeFirst()) ?? notFound();
}

/** @throws AppError WEBHOOK_INACTIVE */
export function checkActive({ active }: EndpointRow): void {
  if (active) return;
  throw new AppError('WEBHOOK_INACTIVE', 'The endpoint is switched off. Switch it on, then try again.');
}

export function notFound(): never {
  throw new AppError('WEBHOOK_NOT_FOUND', 'There is no webhook endpoint with this id. It may have been removed.');
}

function selectEndpoint(trx: Transaction<Database>, actor: Actor, id: string) {
  if (!isId(id)) return undefined;
  const query = trx.selectFrom('webhook_endpoints').selectAll();
  return query.where('id', '=', id).where('tenant_id', '=', actor.tenantId);
}

function isEvent(text: string): text is WebhookEvent {
  return webhookEvents.some((event) => event === text);
}
