import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyRequest } from 'fastify';
import { AppError } from '#kernel/errors.ts';
import type { Api } from '../deps.ts';
import { isProbe } from '../probes.ts';

const windowMs = 1_000;
const resolutionMs = 20;
const maxMeanDelayMs = 400;
const patienceWindows = 3;

/**
 * Says 503 while the event loop lags: an answer that says "later" at once is better than one that comes too late.
 * It must lag for some seconds on end, so that a pause (start, garbage collection, a busy neighbour) refuses nobody.
 * Uploads that have begun may go on: turned away, they would come back with more.
 */
export function addLoadShedding(api: Api): void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let lateWindows = 0;
  const timer = setInterval(() => {
    const late = delay.count > 0 && delay.mean / 1e6 - resolutionMs > maxMeanDelayMs;
    lateWindows = late ? lateWindows + 1 : 0;
    delay.reset();
  }, windowMs).unref();

  api.addHook('onRequest', async (request) => {
    if (lateWindows < patienceWindows || isProbe(request) || isResumed(request) || isStream(request)) return;
    throw new AppError('OVERLOADED', 'The server has more to do than it can manage. Try again in a few seconds.');
  });
  api.addHook('onClose', async () => {
    clearInterval(timer);
    delay.disable();
  });
}

/** The next piece of an upload. */
function isResumed({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'PATCH' && routeOptions.url === '/v1/uploads/:id';
}

/** Who is sent away from events asks again and again instead. */
function isStream({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === '/v1/events';
}
