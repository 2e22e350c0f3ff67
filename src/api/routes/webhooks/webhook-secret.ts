import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { toSecretsJson, WebhookSecretsSchema } from '../../webhook-json.ts';

const common = { tags: ['webhooks'], response: { 200: WebhookSecretsSchema } };
const ofEndpoint = { ...common, params: Type.Object({ id: Type.String() }) };
const rotated = 'A new secret. The old one signs as well for 24 hours, so that receivers can change over.';

/** No cache between may keep them. */
const headers = { 'cache-control': 'no-store' };

/** What an endpoint verifies its messages with. */
export const webhookSecret: Route = (api, { webhooks, resolveActor }) => {
  const secret = { ...ofEndpoint, summary: 'The secret of a webhook endpoint' };
  api.get('/v1/webhooks/:id/secret', { schema: secret }, async (request, reply) =>
    reply.headers(headers).send(toSecretsJson(await webhooks.secret(resolveActor(request), request.params.id))),
  );
  const rotate = { ...ofEndpoint, summary: 'Change the secret of a webhook endpoint', description: rotated };
  api.post('/v1/webhooks/:id/rotate', { schema: rotate }, async (request, reply) =>
    reply.headers(headers).send(toSecretsJson(await webhooks.rotate(resolveActor(request), request.params.id))),
  );
};

/** What receivers that a job names itself (`webhookUrl`) verify theirs with. */
export const signingSecret: Route = (api, { webhooks, resolveActor }) => {
  const secret = { ...common, summary: 'The secret that signs what goes to a `webhookUrl`' };
  api.get('/v1/webhooks/signing-secret', { schema: secret }, async (request, reply) =>
    reply.headers(headers).send(toSecretsJson(await webhooks.secret(resolveActor(request)))),
  );
  const rotate = { ...common, summary: 'Change the secret that signs for `webhookUrl`', description: rotated };
  api.post('/v1/webhooks/signing-secret/rotate', { schema: rotate }, async (request, reply) =>
    reply.headers(headers).send(toSecretsJson(await webhooks.rotate(resolveActor(request)))),
  );
};
