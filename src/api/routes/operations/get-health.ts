import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const HealthStatus = Type.Enum(['healthy', 'degraded', 'unhealthy']);

const Report = Type.Object({
  status: HealthStatus,
  checks: Type.Record(
    Type.String(),
    Type.Object({
      status: HealthStatus,
      reason: Type.Optional(Type.String()),
      facts: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      milliseconds: Type.Integer(),
    }),
  ),
});

const schema = {
  summary: 'How are the application and all that it depends on?',
  tags: ['operations'],
  response: { 200: Report, 503: Report },
};

export const getHealth: Route = (api, { health }) => {
  api.get('/health', { schema }, async (_request, reply) => {
    const report = await health.report();
    return reply.code(report.status === 'unhealthy' ? 503 : 200).send(report);
  });
};
