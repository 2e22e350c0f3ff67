import { originOf } from '../../act-origin.ts';
import type { Route } from '../../deps.ts';
import { PlanBody, PlanParams, PlanSchema, planFrom } from '../../plan-json.ts';

const schema = {
  summary: 'Change a plan',
  description: 'For every workspace that has it, within a second. What is left out is not limited.',
  tags: ['plans'],
  params: PlanParams,
  body: PlanBody,
  response: { 200: PlanSchema },
};

export const updatePlan: Route = (api, { planCatalog, resolveActor }) => {
  api.put('/v1/plans/:id', { schema }, async (request) => {
    const by = { principal: resolveActor(request), origin: originOf(request) };
    return await planCatalog.change(by, planFrom(request.params.id, request.body));
  });
};
