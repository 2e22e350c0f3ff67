import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet, { type HelmetOptions } from 'helmet';
import type { Api, AppConfig } from '../deps.ts';

/** Safe for everything; a route that needs other values sets them itself. */
const options = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
  },
  xFrameOptions: { action: 'deny' },
} as const satisfies HelmetOptions;
const more = { 'cache-control': 'no-store', 'permissions-policy': 'camera=(), geolocation=(), microphone=()' };

export function addResponseHeaders(api: Api, { publicUrl }: AppConfig): void {
  const headers = { ...headersOf(publicUrl?.startsWith('https:') ?? false), ...more };
  api.addHook('onRequest', async (request, reply) => {
    reply.headers(headers).header('x-request-id', request.id);
  });
}

/**
 * Helmet works for each answer anew; the headers are the same each time, so once is enough.
 *
 * @param overTls then browsers are told to stay there; over plain HTTP that would lock people out of a name without TLS
 */
function headersOf(overTls: boolean): Record<string, string> {
  const headers = new Map<string, string>();
  const response = {
    setHeader: (name: string, value: string) => headers.set(name.toLowerCase(), value),
    removeHeader: (name: string) => headers.delete(name.toLowerCase()),
  } as unknown as ServerResponse;
  const transport = { maxAge: 365 * 86_400, includeSubDomains: false };
  const apply = overTls ? helmet({ ...options, hsts: transport }) : helmet({ ...options, hsts: false });
  apply({} as IncomingMessage, response, () => {});
  return Object.fromEntries(headers);
}
