import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import {
  toSecretsJson,
  toWebhookJson,
  WebhookDescriptionSchema,
  WebhookEventsSchema,
  WebhookUrlSchema,
  WebhookWithSecretsSchema,
} from '../../webhook-json.ts';

const schema = {
  summary: 'Tell somebody when work ends',
  description:
    'Messages are signed as Standard Webhooks (standardwebhooks.com) says, with the `secret` of the answer. An address that is not on the public internet is refused, except where the operator allows it.',
  tags: ['webhooks'],
  body: Type.Object(
    {
      url: WebhookUrlSchema,
      events: WebhookEventsSchema,
      description: Type.Optional(WebhookDescriptionSchema),
    },
    { additionalProperties: false },
  ),
  response: { 201: WebhookWithSecretsSchema },
};

export const createWebhook: Route = (api, { webhooks, resolveActor }) => {
  api.post('/v1/webhooks', { schema }, async (request, reply) => {
    const made = await webhooks.create(resolveActor(request), request.body);
    reply.code(201).header('location', `/v1/webhooks/${made.id}`).header('cache-control', 'no-store');
    return reply.send({ ...toWebhookJson(made), ...toSecretsJson(made) });
  });
};
