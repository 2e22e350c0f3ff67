import { Type } from 'typebox';
import { originOf } from '../../act-origin.ts';
import type { Route } from '../../deps.ts';
import { PlanIdSchema, PlanParams, PlanSchema } from '../../plan-json.ts';

const Status = Type.Enum(['active', 'suspended'], {
  description: 'Suspended: what is there can be read, downloaded and removed; nothing new is made.',
});

const schema = {
  summary: 'Give a workspace a plan, suspend it, or let it go on',
  description: 'Holds everywhere within a second. What is left out stays as it is.',
  tags: ['plans'],
  params: PlanParams,
  body: Type.Object(
    { planId: Type.Optional(PlanIdSchema), status: Type.Optional(Status) },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: Type.Object({ plan: PlanSchema, status: Status }) },
};

export const assignPlan: Route = (api, { planCatalog, resolveActor }) => {
  api.put('/v1/tenants/:id/plan', { schema }, async (request) => {
    const by = { principal: resolveActor(request), origin: originOf(request) };
    return await planCatalog.assign(by, request.params.id, request.body);
  });
};
