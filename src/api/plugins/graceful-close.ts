import { AppError } from '#kernel/errors.ts';
import type { Health } from '#observability/health.ts';
import type { Api } from '../deps.ts';
import { isProbe } from '../probes.ts';

/**
 * `close()` makes readiness red first; requests that run may finish, those that merely wait for a job are let go,
 * and new ones on open connections hear that they should go elsewhere.
 *
 * @returns aborted when closing begins
 */
export function addGracefulClose(api: Api, health: Health): AbortSignal {
  const closing = new AbortController();
  api.addHook('preClose', async () => {
    health.drain();
    closing.abort();
  });
  api.addHook('onRequest', async (request) => {
    if (closing.signal.aborted && !isProbe(request)) {
      throw new AppError('SHUTTING_DOWN', 'The server is shutting down. Try again in a few seconds.');
    }
  });
  api.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });
  return closing.signal;
}
