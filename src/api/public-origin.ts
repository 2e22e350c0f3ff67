import type { FastifyRequest } from 'fastify';
import type { AppConfig } from './deps.ts';

/** Where people reach this server, for addresses that are given to others: as configured, or as it was asked for now. */
export function publicOrigin(
  { publicUrl }: Pick<AppConfig, 'publicUrl'>,
  { protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>,
): string {
  return publicUrl ?? `${protocol}://${host}`;
}
