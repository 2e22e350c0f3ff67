import type { FastifyRequest } from 'fastify';
import type { Acting } from '#accounts/acting.ts';
import { originOf } from './act-origin.ts';
import type { RouteDeps } from './deps.ts';

/** Who sends a request, and from where, for services that put on record what they do. */
export function actingIn({ resolveActor }: Pick<RouteDeps, 'resolveActor'>, request: FastifyRequest): Acting {
  return { principal: resolveActor(request), origin: originOf(request) };
}
