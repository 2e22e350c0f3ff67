import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';
import { toWebhookJson, WebhookPageSchema } from '../../webhook-json.ts';

const schema = {
  summary: 'List webhook endpoints, newest first, without their secrets',
  tags: ['webhooks'],
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: WebhookPageSchema },
};

export const listWebhooks: Route = (api, { webhooks, resolveActor }) => {
  api.get('/v1/webhooks', { schema }, async (request) => {
    const { items, nextCursor } = await webhooks.list(resolveActor(request), pageOf(request.query));
    return { items: items.map(toWebhookJson), nextCursor };
  });
};
