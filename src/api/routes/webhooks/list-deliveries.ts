import { type Static, Type } from 'typebox';
import type { DeliveryFilter } from '#webhooks/webhook.ts';
import { deliveryStates } from '#webhooks/webhook.ts';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';
import { DeliveryDetailSchema, DeliveryPageSchema, toDeliveryDetailJson, toDeliveryJson } from '../../webhook-json.ts';

const Query = Type.Object(
  {
    ...PageQuery,
    status: Type.Optional(Type.Enum([...deliveryStates])),
    subject: Type.Optional(
      Type.String({ maxLength: 100, description: 'What it is about: the id of a job, batch or pipeline.' }),
    ),
  },
  { additionalProperties: false },
);
const params = Type.Object({ id: Type.String() });
const tags = ['webhooks'];

const all = {
  summary: 'What has been sent, newest first, also to addresses that jobs named',
  tags,
  querystring: Query,
  response: { 200: DeliveryPageSchema },
};
const ofOne = { ...all, summary: 'What has been sent to a webhook endpoint, newest first', params };

export const listDeliveries: Route = (api, { webhooks, resolveActor }) => {
  api.get('/v1/webhooks/deliveries', { schema: all }, async (request) => {
    const { items, nextCursor } = await webhooks.deliveries(resolveActor(request), filterOf(request.query));
    return { items: items.map(toDeliveryJson), nextCursor };
  });
  api.get('/v1/webhooks/:id/deliveries', { schema: ofOne }, async (request) => {
    const filter = { ...filterOf(request.query), endpointId: request.params.id };
    const { items, nextCursor } = await webhooks.deliveries(resolveActor(request), filter);
    return { items: items.map(toDeliveryJson), nextCursor };
  });
};

const detail = {
  summary: 'One message to one receiver, with every try',
  tags,
  params,
  response: { 200: DeliveryDetailSchema },
};

export const getDelivery: Route = (api, { webhooks, resolveActor }) => {
  api.get('/v1/webhooks/deliveries/:id', { schema: detail }, async (request) =>
    toDeliveryDetailJson(await webhooks.delivery(resolveActor(request), request.params.id)),
  );
};

function filterOf({ status, subject, ...page }: Static<typeof Query>): DeliveryFilter {
  return {
    ...pageOf(page),
    ...(status !== undefined && { state: status }),
    ...(subject !== undefined && { subjectId: subject }),
  };
}
