import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { DeliverySchema, toDeliveryJson } from '../../webhook-json.ts';

const common = { tags: ['webhooks'], params: Type.Object({ id: Type.String() }) };

const test = {
  ...common,
  summary: 'Send a `ping` to a webhook endpoint',
  description: 'Answers at once; what comes of it is in the delivery.',
  response: { 202: DeliverySchema },
};

export const testWebhook: Route = (api, { webhooks, resolveActor }) => {
  api.post('/v1/webhooks/:id/test', { schema: test }, async (request, reply) =>
    reply.code(202).send(toDeliveryJson(await webhooks.test(resolveActor(request), request.params.id))),
  );
};

const since = {
  ...common,
  summary: 'Send again what failed or was cancelled since then',
  description: 'With the same `webhook-id` as before.',
  body: Type.Object({ since: Type.String({ format: 'date-time' }) }, { additionalProperties: false }),
  response: { 202: Type.Object({ replayed: Type.Integer() }) },
};

export const replayWebhook: Route = (api, { webhooks, resolveActor }) => {
  api.post('/v1/webhooks/:id/replay', { schema: since }, async (request, reply) => {
    const from = new Date(request.body.since);
    return reply
      .code(202)
      .send({ replayed: await webhooks.replaySince(resolveActor(request), request.params.id, from) });
  });
};

const one = {
  ...common,
  summary: 'Send one message to its receiver again, whatever became of it',
  description: 'With the same `webhook-id`, and as many tries as the first time.',
  response: { 202: DeliverySchema },
};

export const replayDelivery: Route = (api, { webhooks, resolveActor }) => {
  api.post('/v1/webhooks/deliveries/:id/replay', { schema: one }, async (request, reply) =>
    reply.code(202).send(toDeliveryJson(await webhooks.replay(resolveActor(request), request.params.id))),
  );
};
