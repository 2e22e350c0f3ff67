import type { ServerResponse } from 'node:http';
import { Server } from 'node:net';
import { AppError } from '#kernel/errors.ts';
import type { Health } from '#observability/health.ts';
import type { Api } from '../deps.ts';
import { isProbe } from '../probes.ts';

/**
 * While the server is drained, requests are served as ever, and connections end with their answer, so that who keeps
 * some asks elsewhere next. `close()` makes readiness red and refuses new connections, which a proxy takes for a reason
 * to ask another process; requests that run may finish, those that merely wait for a job are let go, and new ones on old
 * connections hear that they should go elsewhere. Only then the server closes: it takes a connection for idle, and cuts
 * it, as soon as its answer has been written, whether or not it has been sent.
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
    if (health.draining) reply.header('connection', 'close');
  });
  api.addHook('preClose', async () => {
    health.drain();
    closing.abort();
    // Of the two `close`, that which leaves connections alone.
    Server.prototype.close.call(api.server);
    if (answering.size > 0) await allAnswered.promise;
  });
  return closing.signal;
}
