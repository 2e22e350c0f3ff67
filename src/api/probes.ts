import type { FastifyRequest } from 'fastify';

export const probePaths: ReadonlySet<string> = new Set(['/livez', '/readyz', '/health', '/metrics']);

/** Asked for all the time by machines: answered under load and while closing, logged for debugging only. */
export function isProbe(request: FastifyRequest): boolean {
  return probePaths.has(request.routeOptions.url ?? '');
}
