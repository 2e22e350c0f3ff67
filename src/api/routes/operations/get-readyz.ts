import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const Readiness = Type.Object({ status: Type.Enum(['ready', 'not ready']), reasons: Type.Array(Type.String()) });

const schema = {
  summary: 'Should this process get traffic?',
  tags: ['operations'],
  response: { 200: Readiness, 503: Readiness },
};

export const getReadyz: Route = (api, { health }) => {
  api.get('/readyz', { schema }, async (_request, reply) => {
    const reasons = [...(await health.notReady())];
    if (reasons.length === 0) return { status: 'ready' as const, reasons };
    return reply.code(503).send({ status: 'not ready', reasons });
  });
};
