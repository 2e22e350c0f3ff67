import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import {
  toWebhookJson,
  WebhookDescriptionSchema,
  WebhookEventsSchema,
  WebhookSchema,
  WebhookUrlSchema,
} from '../../webhook-json.ts';

const schema = {
  summary: 'Change a webhook endpoint, or switch it off and on',
  description:
    'Switched off, what waits for it is cancelled and nothing new is written; `replay` sends what was cancelled. Switched on, it counts as healthy again.',
  tags: ['webhooks'],
  params: Type.Object({ id: Type.String() }),
  body: Type.Object(
    {
      url: Type.Optional(WebhookUrlSchema),
      events: Type.Optional(WebhookEventsSchema),
      description: Type.Optional(Type.Union([WebhookDescriptionSchema, Type.Null()])),
      active: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: WebhookSchema },
};

export const updateWebhook: Route = (api, { webhooks, resolveActor }) => {
  api.patch('/v1/webhooks/:id', { schema }, async (request) =>
    toWebhookJson(await webhooks.update(resolveActor(request), request.params.id, request.body)),
  );
};
