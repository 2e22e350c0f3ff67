import type { FastifyRequest } from 'fastify';
import type { Access } from '#accounts/access.ts';
import type { Principal } from '#accounts/principal.ts';
import { AppError } from '#kernel/errors.ts';
import type { Api } from '../deps.ts';
import { accessOf, type RouteAccess } from '../route-access.ts';

/**
 * Finds out who asks and whether they may, before a byte of the body is read. What a route asks for stands in
 * `route-access.ts`; one that is not there stops the start.
 *
 * @returns who asks; only for requests that have come this far, on routes that are not public
 */
export function addAuthorization(api: Api, access: Access): (request: FastifyRequest) => Principal {
  const principals = new WeakMap<FastifyRequest, Principal>();

  api.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) {
      if (accessOf(one, url) === undefined) throw new Error(`${one} ${url} has no entry in api/route-access.ts.`);
    }
  });

  api.addHook('onRequest', async (request) => {
    const { url } = request.routeOptions;
    // Unknown addresses and methods are answered as such, to everybody alike.
    const asked = url === undefined ? 'public' : accessOf(request.method, url);
    if (asked === undefined || asked === 'public') return;
    const principal = await access.authenticate({ headers: request.headers, method: request.method, ip: request.ip });
    if (principal === undefined) throw signInFirst();
    checkAllowed(principal, asked);
    principals.set(request, principal);
  });

  return (request) => {
    const principal = principals.get(request);
    if (principal === undefined) throw signInFirst();
    return principal;
  };
}

function checkAllowed(principal: Principal, asked: Exclude<RouteAccess, 'public'>): void {
  if (asked === 'member') return;
  if (asked === 'person') {
    if (principal.kind === 'user' || principal.kind === 'local') return;
    throw new AppError('FORBIDDEN', 'Only a person who is signed in may do this; a key may not.');
  }
  if (principal.permissions.has(asked)) return;
  throw new AppError('FORBIDDEN', `This needs the permission ${asked}. Ask an administrator of the workspace for it.`, {
    extensions: { permission: asked },
  });
}

function signInFirst(): AppError {
  return new AppError('UNAUTHENTICATED', 'Sign in, or send an API key as Authorization: Bearer <key> or X-Api-Key.');
}
