import type { FastifyRequest } from 'fastify';

const probes = new Set(['/livez', '/readyz', '/health', '/metrics']);

/** Asked for all the time by machines: answered under load and while closing, logged for debugging only. */
export function isProbe(request: FastifyRequest): boolean {
  return probes.has(request.routeOptions.url ?? '');
}
