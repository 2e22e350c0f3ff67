import { originOf } from '../../act-origin.ts';
import type { Route } from '../../deps.ts';
import { PlanParams } from '../../plan-json.ts';

const schema = {
  summary: 'Remove a plan',
  description: 'Only when no workspace has it.',
  tags: ['plans'],
  params: PlanParams,
};

export const deletePlan: Route = (api, { planCatalog, resolveActor }) => {
  api.delete('/v1/plans/:id', { schema }, async (request, reply) => {
    await planCatalog.remove({ principal: resolveActor(request), origin: originOf(request) }, request.params.id);
    return reply.code(204).send();
  });
};
