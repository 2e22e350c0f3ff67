import { type Static, Type } from 'typebox';
import {
  type DeliveryAttempt,
  deliveryStates,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
  type WebhookEndpoint,
  type WebhookSecrets,
  webhookEvents,
} from '#webhooks/webhook.ts';

const time = Type.String({ format: 'date-time' });
const nullable = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(type: T) =>
  Type.Union([type, Type.Null()]);

export const WebhookUrlSchema = Type.String({ maxLength: 2_000, pattern: '^https?://' });
export const WebhookEventsSchema = Type.Array(Type.Enum([...webhookEvents]), { minItems: 1, maxItems: 20 });
export const WebhookDescriptionSchema = Type.String({ maxLength: 200 });

const endpoint = {
  id: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.Enum([...webhookEvents])),
  description: nullable(Type.String()),
  active: Type.Boolean(),
  disabledReason: Type.Union([Type.Enum(['gone', 'failing']), Type.Null()], {
    description: '`gone`: it answered 410. `failing`: nothing had reached it for five days.',
  }),
  failingSince: nullable(time),
  createdAt: time,
  updatedAt: time,
};

const secrets = {
  secret: Type.String({ description: '`whsec_` and 32 bytes in base64.' }),
  previous: Type.Union([Type.Object({ secret: Type.String(), until: time }), Type.Null()], {
    description: 'After a rotation both sign, until then.',
  }),
};

export const WebhookSchema = Type.Object(endpoint, { description: 'Who is told when work ends.' });
export const WebhookSecretsSchema = Type.Object(secrets);
export const WebhookWithSecretsSchema = Type.Object({ ...endpoint, ...secrets });
export const WebhookPageSchema = Type.Object({ items: Type.Array(WebhookSchema), nextCursor: nullable(Type.String()) });

const AttemptSchema = Type.Object({
  at: time,
  status: nullable(Type.Integer()),
  error: Type.Union([Type.String(), Type.Null()], {
    description: 'Why there was no answer: `TIMEOUT`, `NOT_ALLOWED`, or a code like `ECONNREFUSED`.',
  }),
  excerpt: Type.String({ description: 'The beginning of the answer.' }),
  durationMs: Type.Integer(),
});

const delivery = {
  id: Type.String(),
  messageId: Type.String({ description: 'What the receiver gets as `webhook-id`.' }),
  type: Type.String(),
  endpointId: Type.Union([Type.String(), Type.Null()], { description: 'Null for an address that a job named.' }),
  url: Type.String(),
  state: Type.Enum([...deliveryStates]),
  attempts: Type.Integer({ description: 'Since it was made or last replayed.' }),
  nextAt: nullable(time),
  lastAttempt: Type.Union([AttemptSchema, Type.Null()]),
  createdAt: time,
};

export const DeliverySchema = Type.Object(delivery, { description: 'One message to one receiver.' });
export const DeliveryDetailSchema = Type.Object({
  ...delivery,
  history: Type.Array(AttemptSchema, { description: 'The last tries, oldest first.' }),
  body: Type.String({ description: 'What is sent, byte by byte.' }),
});
export const DeliveryPageSchema = Type.Object({
  items: Type.Array(DeliverySchema),
  nextCursor: nullable(Type.String()),
});

export function toWebhookJson(webhook: WebhookEndpoint): Static<typeof WebhookSchema> {
  return {
    id: webhook.id,
    url: webhook.url,
    events: [...webhook.events],
    description: webhook.description,
    active: webhook.active,
    disabledReason: webhook.disabledReason,
    failingSince: webhook.failingSince?.toISOString() ?? null,
    createdAt: webhook.createdAt.toISOString(),
    updatedAt: webhook.updatedAt.toISOString(),
  };
}

export function toSecretsJson({ secret, previous }: WebhookSecrets): Static<typeof WebhookSecretsSchema> {
  return { secret, previous: previous && { secret: previous.secret, until: previous.until.toISOString() } };
}

export function toDeliveryJson(each: WebhookDelivery): Static<typeof DeliverySchema> {
  const { id, messageId, type, endpointId, url, state, attempts, nextAt, lastAttempt, createdAt } = each;
  return {
    id,
    messageId,
    type,
    endpointId,
    url,
    state,
    attempts,
    nextAt: nextAt?.toISOString() ?? null,
    lastAttempt: lastAttempt && toAttemptJson(lastAttempt),
    createdAt: createdAt.toISOString(),
  };
}

export function toDeliveryDetailJson(each: WebhookDeliveryDetail): Static<typeof DeliveryDetailSchema> {
  return { ...toDeliveryJson(each), history: each.history.map(toAttemptJson), body: each.body };
}

function toAttemptJson({ at, ...attempt }: DeliveryAttempt): Static<typeof AttemptSchema> {
  return { at: at.toISOString(), ...attempt };
}
