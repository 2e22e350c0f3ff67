import { request } from './client.ts';
import type { Page } from './job.ts';

export const webhookEvents = [
  'job.succeeded',
  'job.failed',
  'job.cancelled',
  'batch.finished',
  'pipeline.succeeded',
  'pipeline.failed',
  'pipeline.cancelled',
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** Who is told when work ends: the answer of GET /v1/webhooks/{id}. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly description: string | null;
  readonly active: boolean;
  readonly disabledReason: 'gone' | 'failing' | null;
}

export interface WebhookSecrets {
  readonly secret: string;
  readonly previous: { readonly secret: string; readonly until: string } | null;
}

export const deliveryStates = ['pending', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
  readonly id: string;
  readonly messageId: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly lastAttempt: {
    readonly at: string;
    readonly status: number | null;
    readonly error: string | null;
    readonly durationMs: number;
  } | null;
  readonly createdAt: string;
}

export interface NewWebhook {
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly description?: string;
}

export function listWebhooks(signal?: AbortSignal): Promise<Page<Webhook>> {
  return request('/v1/webhooks', { signal });
}

export function createWebhook(webhook: NewWebhook): Promise<Webhook & WebhookSecrets> {
  return request('/v1/webhooks', { method: 'POST', json: webhook });
}

export function setWebhookActive({ id, active }: Pick<Webhook, 'id' | 'active'>): Promise<Webhook> {
  return request(`/v1/webhooks/${id}`, { method: 'PATCH', json: { active } });
}

export function removeWebhook(id: string): Promise<void> {
  return request(`/v1/webhooks/${id}`, { method: 'DELETE' });
}

export function rotateSecret(id: string): Promise<WebhookSecrets> {
  return request(`/v1/webhooks/${id}/rotate`, { method: 'POST' });
}

export function testWebhook(id: string): Promise<Delivery> {
  return request(`/v1/webhooks/${id}/test`, { method: 'POST' });
}

export function listDeliveries(
  id: string,
  { status, cursor }: { status?: DeliveryState | undefined; cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<Page<Delivery>> {
  const query = new URLSearchParams({ limit: '20', ...(status && { status }), ...(cursor && { cursor }) });
  return request(`/v1/webhooks/${id}/deliveries?${query}`, { signal });
}

export function replayDelivery(id: string): Promise<Delivery> {
  return request(`/v1/webhooks/deliveries/${id}/replay`, { method: 'POST' });
}
