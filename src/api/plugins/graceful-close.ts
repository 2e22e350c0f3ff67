import type { ServerResponse } from 'node:http';
import { AppError } from '#kernel/errors.ts';
import type { Health } from '#observability/health.ts';
import type { Api } from '../deps.ts';
import { isProbe } from '../probes.ts';

/**
 * `close()` makes readiness red first; requests that run may finish, those that merely wait for a job are let go,
 * and new ones hear that they should go elsewhere. Only then the server closes: it takes a connection for idle, and
 * cuts it, as soon as its answer has been written, whether or not it has been sent.
 *
 * @returns aborted when closing begins
 */
export function addGracefulClose(api: Api, health: Health): AbortSignal {
  const closing = new AbortController();
  const answering = new Set<ServerResponse>();
  const allAnswered = Promise.withResolvers<void>();

  function ended(response: ServerResponse): void {
    answering.delete(response);
    if (closing.signal.aborted && answering.size === 0) allAnswered.resolve();
  }

  api.addHook('onRequest', async (request, { raw }) => {
    answering.add(raw);
    for (const event of ['finish', 'close']) raw.once(event, () => ended(raw));
    if (closing.signal.aborted && !isProbe(request)) {
      throw new AppError('SHUTTING_DOWN', 'The server is shutting down. Try again in a few seconds.');
    }
  });
  api.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });
  api.addHook('preClose', async () => {
    health.drain();
    closing.abort();
    if (answering.size > 0) await allAnswered.promise;
  });
  return closing.signal;
}
