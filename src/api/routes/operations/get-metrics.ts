import type { Route } from '../../deps.ts';

const schema = { summary: 'Prometheus metrics', tags: ['operations'], produces: ['text/plain'] };

export const getMetrics: Route = (api, { metrics }) => {
  api.get('/metrics', { schema }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
};
