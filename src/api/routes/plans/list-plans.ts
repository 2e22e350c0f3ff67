import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { PlanSchema } from '../../plan-json.ts';

const schema = {
  summary: 'Plans that a workspace may have',
  description: 'Each says how much of what may be used; `null` stands for as much as the server can.',
  tags: ['plans'],
  response: { 200: Type.Object({ items: Type.Array(PlanSchema) }) },
};

export const listPlans: Route = (api, { planCatalog }) => {
  api.get('/v1/plans', { schema }, async () => ({ items: await planCatalog.list() }));
};
