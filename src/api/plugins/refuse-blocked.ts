import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { BoundedMap } from '#limits/bounded-map.ts';
import { type LimitState, rateLimited, rateLimitFields, retryAfterSeconds } from '#limits/limit.ts';
import type { RequestLimits } from '#limits/request-limits.ts';
import { hasCredentials } from '../client-credentials.ts';
import type { Api } from '../deps.ts';
import { probePaths } from '../probes.ts';
import { problemMediaType, problemOf } from '../problem-details.ts';

const maxSenders = 10_000;
/** One for each limit and second. */
const maxRefusals = 100;
/** Longer ones are looked at each time: what is kept is bounded. */
const maxSenderLength = 200;

/**
 * Turns away who is blocked before Fastify has seen the request, at a fraction of its cost: a flood from one address
 * takes next to nothing from the others. Nothing is logged of it but the block itself.
 *
 * @returns to be told of a request that was refused: from then on, what comes the same way is known here. Which address
 *   that is has been decided where proxies are understood, and equal connections and headers make it the same again.
 */
export function refuseBlocked(
  api: Api,
  requests: Pick<RequestLimits, 'blocked'>,
  signsIn: boolean,
): (request: FastifyRequest, address: string) => void {
  const addresses = new BoundedMap<string>(maxSenders);
  const refusals = new BoundedMap<AppError>(maxRefusals);
  /** To write down where an error comes from takes longer than all the rest. */
  function refusalOf(state: LimitState): AppError {
    const key = `${state.name} ${state.allowed} ${retryAfterSeconds(state)}`;
    const known = refusals.get(key);
    if (known !== undefined) return known;
    const made = rateLimited(state);
    refusals.set(key, made);
    return made;
  }
  const [handle] = api.server.listeners('request') as [(request: IncomingMessage, response: ServerResponse) => void];
  api.server.off('request', handle);
  api.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const address = addresses.get(senderOf(request));
    const blocked =
      address === undefined || isProbePath(request.url)
        ? undefined
        : requests.blocked(address, signsIn && hasCredentials(request.headers));
    if (blocked === undefined) handle(request, response);
    else answer(request, response, blocked, refusalOf(blocked));
  });
  return ({ raw }, address) => {
    const sender = senderOf(raw);
    if (sender.length <= maxSenderLength) addresses.set(sender, address);
  };
}

function senderOf({ socket, headers }: IncomingMessage): string {
  return `${socket.remoteAddress} ${headers['x-forwarded-for'] ?? ''}`;
}

function isProbePath(url = ''): boolean {
  return probePaths.has(url.split('?', 1)[0] ?? '');
}

function answer(request: IncomingMessage, response: ServerResponse, state: LimitState, error: AppError): void {
  const id = newId();
  const body = Buffer.from(JSON.stringify(problemOf(error, id)));
  const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
  // What it sends is not read.
  if (hasBody) response.shouldKeepAlive = false;
  response.writeHead(error.status, {
    'content-type': problemMediaType,
    'content-length': body.length,
    'cache-control': 'no-store',
    'retry-after': String(retryAfterSeconds(state)),
    'x-content-type-options': 'nosniff',
    'x-request-id': id,
    ...rateLimitFields([state]),
  });
  response.end(body);
}
