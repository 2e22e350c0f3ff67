import { fastify } from 'fastify';
import type { Api, AppDeps } from './deps.ts';

/** Builds the HTTP side of the program; it listens when the caller calls `listen`, and `close` ends it gracefully. */
export async function createApp(deps: AppDeps): Promise<Api> {
  return fastify({ loggerInstance: deps.logger }) as unknown as Api;
}
