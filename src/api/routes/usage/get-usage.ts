import { Type } from 'typebox';
import type { Usage } from '#accounts/plans/usage.ts';
import type { Route } from '../../deps.ts';
import { PlanSchema } from '../../plan-json.ts';

const time = Type.String({ format: 'date-time' });

const UsageSchema = Type.Object({
  plan: PlanSchema,
  status: Type.Enum(['active', 'suspended']),
  period: Type.Object({ from: time, to: time }, { description: 'The month of UTC that counts now.' }),
  limits: Type.Array(
    Type.Object({
      name: Type.String({ description: 'Of the plan: `imagesPerMonth`.' }),
      used: Type.Number({ description: 'What is done. What waits or runs is held against the limit as well.' }),
      allowed: Type.Union([Type.Number(), Type.Null()]),
      resetsAt: Type.Union([time, Type.Null()]),
    }),
  ),
  days: Type.Array(
    Type.Object({
      date: Type.String({ format: 'date' }),
      images: Type.Integer(),
      audioMinutes: Type.Number(),
      jobs: Type.Integer(),
    }),
    { description: 'Those of this month on which something was made, oldest first.' },
  ),
});

const schema = {
  summary: 'What the workspace has used of its plan',
  tags: ['plans'],
  response: { 200: UsageSchema },
};

export const getUsage: Route = (api, { usage, resolveActor }) => {
  api.get('/v1/usage', { schema }, async (request) => toUsageJson(await usage.of(resolveActor(request).tenantId)));
};

function toUsageJson({ plan, status, period, limits, days }: Usage) {
  return {
    plan,
    status,
    period: { from: period.from.toISOString(), to: period.to.toISOString() },
    limits: limits.map(({ resetsAt, ...each }) => ({ ...each, resetsAt: resetsAt?.toISOString() ?? null })),
    days: [...days],
  };
}
