import { originOf } from '../../act-origin.ts';
import type { Route } from '../../deps.ts';
import { NewPlanBody, PlanSchema, planFrom } from '../../plan-json.ts';

const schema = {
  summary: 'Create a plan',
  description: 'What is left out is not limited.',
  tags: ['plans'],
  body: NewPlanBody,
  response: { 201: PlanSchema },
};

export const createPlan: Route = (api, { planCatalog, resolveActor }) => {
  api.post('/v1/plans', { schema }, async (request, reply) => {
    const by = { principal: resolveActor(request), origin: originOf(request) };
    return reply.code(201).send(await planCatalog.create(by, planFrom(request.body.id, request.body)));
  });
};
