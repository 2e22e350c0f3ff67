import type { FastifyRequest } from 'fastify';
import { AppError } from '#kernel/errors.ts';
import type { ShedReason } from '#limits/limit-metrics.ts';
import type { Limits } from '#limits/limits.ts';
import type { Api } from '../deps.ts';
import { isProbe } from '../probes.ts';
import { accessOf } from '../route-access.ts';

/**
 * Says 503 while there is too much: an answer that says "later" at once is better than one that comes too late. Uploads
 * that have begun may go on: turned away, they would come back with more.
 */
export function addLoadShedding(api: Api, { pressure, metrics }: Pick<Limits, 'pressure' | 'metrics'>): void {
  api.addHook('onRequest', async (request) => {
    const { reason } = pressure;
    if (reason === undefined || isProbe(request) || isResumed(request) || isStream(request)) return;
    if (reason === 'queue' && !isNewWork(request)) return;
    metrics.shed(reason);
    throw new AppError('OVERLOADED', `${explanations[reason]} Try again in a few seconds.`);
  });
  api.addHook('onClose', async () => pressure.close());
}

const explanations: Readonly<Record<ShedReason, string>> = {
  'event-loop': 'The server has more to do than it can manage.',
  memory: 'The server has no memory left for more.',
  queue: 'Jobs have waited for too long already; no more are taken until the line is shorter.',
};

/** The next piece of an upload. */
function isResumed({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'PATCH' && routeOptions.url === '/v1/uploads/:id';
}

/** Who is sent away from events asks again and again instead. */
function isStream({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === '/v1/events';
}

/** Asks for jobs, or for some to be made again. Files may come, and work may be called off. */
function isNewWork({ method, routeOptions: { url } }: FastifyRequest): boolean {
  return (
    method === 'POST' && url !== undefined && accessOf(method, url) === 'jobs:write' && !url.endsWith('/:id/cancel')
  );
}
