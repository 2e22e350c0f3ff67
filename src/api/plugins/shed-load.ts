import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AppError } from '#kernel/errors.ts';
import type { Api } from '../deps.ts';
import { isProbe } from '../probes.ts';

const windowMs = 1_000;
const resolutionMs = 20;
const maxMeanDelayMs = 250;

/**
 * Says 503 while the event loop lags: an answer that says "later" at once is better than one that comes too late.
 * The mean over a second is what counts, so that one long pause does not refuse anybody.
 */
export function addLoadShedding(api: Api): void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let overloaded = false;
  const timer = setInterval(() => {
    overloaded = delay.count > 0 && delay.mean / 1e6 - resolutionMs > maxMeanDelayMs;
    delay.reset();
  }, windowMs).unref();

  api.addHook('onRequest', async (request) => {
    if (!overloaded || isProbe(request)) return;
    throw new AppError('OVERLOADED', 'The server has more to do than it can manage. Try again in a few seconds.');
  });
  api.addHook('onClose', async () => {
    clearInterval(timer);
    delay.disable();
  });
}
