import type { Actor } from '#kernel/actor.ts';

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

export const deliveryStates = ['pending', 'delivered', 'failed', 'cancelled'] as const;

export type DeliveryState = (typeof deliveryStates)[number];

/** Why the dispatcher switched an endpoint off: it answered 410, or nothing has reached it for days. */
export type DisabledReason = 'gone' | 'failing';

/** Somebody who wants to be told. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly description: string | null;
  readonly active: boolean;
  /** Null when it is active, or a person switched it off. */
  readonly disabledReason: DisabledReason | null;
  /** Since when every try has failed. */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface CreateEndpoint {
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly description?: string;
}

export interface ChangeEndpoint {
  readonly url?: string;
  readonly events?: readonly WebhookEvent[];
  readonly description?: string | null;
  /** Off: what waits is cancelled, and nothing new is written. On: it counts as healthy again. */
  readonly active?: boolean;
}

/** `whsec_` and 32 bytes in base64. */
export interface WebhookSecrets {
  readonly secret: string;
  /** After a rotation both sign, until then. */
  readonly previous: { readonly secret: string; readonly until: Date } | null;
}

/** One message to one receiver. */
export interface WebhookDelivery {
  readonly id: string;
  /** What the receiver gets as `webhook-id`: the same for every try, and for every receiver. */
  readonly messageId: string;
  readonly type: string;
  /** Null for an address that a job named itself. */
  readonly endpointId: string | null;
  readonly url: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** When it is tried next; null when it is not. */
  readonly nextAt: Date | null;
  readonly lastAttempt: DeliveryAttempt | null;
  readonly createdAt: Date;
}

export interface DeliveryAttempt {
  readonly at: Date;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Why no answer came: `TIMEOUT`, `NOT_ALLOWED`, or a code of Node.js like `ECONNREFUSED`. */
  readonly error: string | null;
  /** The beginning of the answer. */
  readonly excerpt: string;
  readonly durationMs: number;
}

export interface WebhookDeliveryDetail extends WebhookDelivery {
  /** The last tries, oldest first. */
  readonly history: readonly DeliveryAttempt[];
  /** What is sent, byte by byte. */
  readonly body: string;
}

export interface Page {
  /** Opaque; from the previous page. */
  readonly cursor?: string;
  /** 1…100 */
  readonly limit: number;
}

export interface DeliveryFilter extends Page {
  readonly endpointId?: string;
  /** A job, batch or pipeline. */
  readonly subjectId?: string;
  readonly state?: DeliveryState;
}

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** What the API may do with webhooks. Every method answers for one actor's tenant; other tenants' ids do not exist. */
export interface Webhooks {
  /** @throws AppError URL_NOT_ALLOWED, INVALID_PARAMETERS, WEBHOOK_LIMIT */
  create(actor: Actor, endpoint: CreateEndpoint): Promise<WebhookEndpoint & WebhookSecrets>;
  /** @throws AppError WEBHOOK_NOT_FOUND */
  get(actor: Actor, id: string): Promise<WebhookEndpoint>;
  /** Newest first. */
  list(actor: Actor, page: Page): Promise<PageOf<WebhookEndpoint>>;
  /** @throws AppError WEBHOOK_NOT_FOUND, URL_NOT_ALLOWED, INVALID_PARAMETERS */
  update(actor: Actor, id: string, change: ChangeEndpoint): Promise<WebhookEndpoint>;
  /** With its deliveries. @throws AppError WEBHOOK_NOT_FOUND */
  remove(actor: Actor, id: string): Promise<void>;
  /** @param id an endpoint; none: what signs for receivers that jobs name. @throws AppError WEBHOOK_NOT_FOUND */
  secret(actor: Actor, id?: string): Promise<WebhookSecrets>;
  /** A new secret; the old one signs as well for a day. @throws AppError WEBHOOK_NOT_FOUND */
  rotate(actor: Actor, id?: string): Promise<WebhookSecrets>;
  /** Sends a `ping`. @throws AppError WEBHOOK_NOT_FOUND, WEBHOOK_INACTIVE */
  test(actor: Actor, id: string): Promise<WebhookDelivery>;
  /** Newest first. @throws AppError WEBHOOK_NOT_FOUND */
  deliveries(actor: Actor, filter: DeliveryFilter): Promise<PageOf<WebhookDelivery>>;
  /** @throws AppError DELIVERY_NOT_FOUND */
  delivery(actor: Actor, id: string): Promise<WebhookDeliveryDetail>;
  /** Sends it again now, whatever became of it, and tries as often as the first time. @throws AppError DELIVERY_NOT_FOUND, WEBHOOK_INACTIVE */
  replay(actor: Actor, id: string): Promise<WebhookDelivery>;
  /**
   * Sends again what failed or was cancelled since then.
   *
   * @returns how many
   * @throws AppError WEBHOOK_NOT_FOUND, WEBHOOK_INACTIVE
   */
  replaySince(actor: Actor, endpointId: string, since: Date): Promise<number>;
}
