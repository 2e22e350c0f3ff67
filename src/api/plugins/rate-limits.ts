import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '#accounts/access.ts';
import type { Principal } from '#accounts/principal.ts';
import { AppError } from '#kernel/errors.ts';
import { addressKey } from '#limits/address-key.ts';
import { isOver, type LimitState, rateLimited, rateLimitFields } from '#limits/limit.ts';
import type { Limits } from '#limits/limits.ts';
import type { AddressLimit } from '#limits/request-limits.ts';
import { hasCredentials } from '../client-credentials.ts';
import type { Api } from '../deps.ts';
import { isProbe } from '../probes.ts';
import { accessOf } from '../route-access.ts';
import { refuseBlocked } from './refuse-blocked.ts';

/**
 * Counts who is not signed in by address, before it is looked who they are and before a body is read. Whoever comes with
 * credentials is counted when it is known whose they are: as that user, or, where they are wrong, by address.
 *
 * @param signsIn whether anybody signs in here; else credentials say nothing
 * @returns the same access, which counts those who fail
 */
export function addAddressLimits(api: Api, { requests }: Limits, access: Access, signsIn: boolean): Access {
  const remember = refuseBlocked(api, requests, signsIn);

  api.addHook('onRequest', async (request, reply) => {
    if (isProbe(request)) return;
    const address = addressKey(request.ip);
    const isPublic = asksForNothing(request);
    const comesWithCredentials = signsIn && hasCredentials(request.headers);
    const blocked = requests.blocked(address, comesWithCredentials && !isPublic);
    if (blocked !== undefined) {
      remember(request, address);
      refuse(reply, [blocked]);
    }
    // Counted when it is known whose the credentials are.
    if (comesWithCredentials && !isPublic) return;
    const state = await requests.address(isPublic ? publicLimit(request) : 'ip', address);
    if (state !== undefined) tell(reply, [state]);
  });

  return {
    async authenticate(source) {
      const principal = await access.authenticate(source).catch(async (error: unknown) => {
        if (error instanceof AppError && error.code === 'UNAUTHENTICATED') await countFailure(source.ip);
        throw error;
      });
      if (principal === undefined && hasCredentials(source.headers)) await countFailure(source.ip);
      return principal;
    },
  };

  async function countFailure(ip: string): Promise<void> {
    const state = await requests.address('failed', addressKey(ip));
    if (state !== undefined && isOver(state)) throw rateLimited(state);
  }
}

/** Counts who is signed in: to be added behind what finds out who that is. */
export function addPrincipalLimits(
  api: Api,
  { requests }: Limits,
  principalOf: (request: FastifyRequest) => Principal,
): void {
  api.addHook('onRequest', async (request, reply) => {
    if (asksForNothing(request) || isProbe(request)) return;
    const states = await requests.principal(principalOf(request));
    if (states.length > 0) tell(reply, states);
  });
}

/** @throws AppError RATE_LIMITED when one of them is over */
function tell(reply: FastifyReply, states: readonly LimitState[]): void {
  reply.headers(rateLimitFields(states));
  const over = states.find(isOver);
  if (over !== undefined) throw rateLimited(over);
}

function refuse(reply: FastifyReply, states: readonly [LimitState]): never {
  reply.headers(rateLimitFields(states));
  throw rateLimited(states[0]);
}

/** Open to everybody, or not there at all. */
function asksForNothing({ method, routeOptions: { url } }: FastifyRequest): boolean {
  return url === undefined || (accessOf(method, url) ?? 'public') === 'public';
}

/** What is open to everybody and cheap: pages, their files, pictures by signed address, what browsers ask before they ask. */
function publicLimit({ method, routeOptions: { url } }: FastifyRequest): AddressLimit {
  if (method === 'OPTIONS') return 'files';
  return url !== undefined && ['GET', 'HEAD'].includes(method) && !url.startsWith('/v1/') ? 'files' : 'ip';
}
