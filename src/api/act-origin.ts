import type { FastifyRequest } from 'fastify';
import type { ActOrigin } from '#audit/audit.ts';

/** Where a request came from, as far as proxies are trusted: for the record of what it did. */
export function originOf({ ip, headers, id }: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>): ActOrigin {
  return { ip, userAgent: headers['user-agent'], requestId: id };
}
