import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { toWebhookJson, WebhookSchema } from '../../webhook-json.ts';

const schema = {
  summary: 'A webhook endpoint',
  tags: ['webhooks'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: WebhookSchema },
};

export const getWebhook: Route = (api, { webhooks, resolveActor }) => {
  api.get('/v1/webhooks/:id', { schema }, async (request) =>
    toWebhookJson(await webhooks.get(resolveActor(request), request.params.id)),
  );
};
