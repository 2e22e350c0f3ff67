import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { AppError } from '#kernel/errors.ts';
import type { Api, AppConfig } from '../deps.ts';
import { isProbe } from '../probes.ts';

/**
 * Who may call at all: behind a proxy that asks who is there, only that proxy; the Host header must be ours in local
 * mode (a foreign name that resolves to 127.0.0.1 is DNS rebinding); and an unsafe method from a web page must come from
 * this origin or from one in the list.
 */
export function addRequestGuards(api: Api, config: AppConfig): void {
  const publicUrl = config.publicUrl ? new URL(config.publicUrl) : undefined;
  const crossOrigins = new Set(config.corsOrigins);
  const proxySecrets = (config.proxySecrets ?? []).map(digest);

  api.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    const host = request.headers.host?.toLowerCase();
    if (host === undefined && request.raw.httpVersion === '1.1') {
      throw new AppError('BAD_REQUEST', 'The request has no Host header.');
    }
    if (proxySecrets.length > 0 && !isProbe(request) && !isFromProxy(request, proxySecrets)) throw proxyRequired();
    if (config.localMode && !isLoopback(host) && !(publicUrl && host === publicUrl.host)) throw hostNotAllowed();

    const sameOrigin = origin === undefined || origin === publicUrl?.origin || hostOf(origin) === host;
    const listed = origin !== undefined && crossOrigins.has(origin);
    if (isUnsafe(request) && !listed && (!sameOrigin || isCrossSite(request))) throw originNotAllowed();

    if (crossOrigins.size > 0) reply.header('vary', 'Origin');
    if (!listed) return;
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': exposedHeaders });
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
      await reply
        .code(204)
        .headers({
          'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
          'access-control-allow-headers': allowedHeaders,
          'access-control-max-age': '600',
        })
        .send();
    }
  });
}

const allowedHeaders =
  'Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Prefer, Range, Tus-Resumable, ' +
  'Upload-Checksum, Upload-Concat, Upload-Defer-Length, Upload-Length, Upload-Metadata, Upload-Offset, X-Api-Key, ' +
  'X-HTTP-Method-Override, X-Requested-With';
const exposedHeaders =
  'Content-Disposition, Content-Range, ETag, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, ' +
  'Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable, ' +
  'Tus-Version, Upload-Asset-Id, Upload-Defer-Length, Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset, ' +
  'X-Cached, X-Confidence, X-Job-Id, X-Quality, X-Request-Id';

/** Compared as hashes, which have one length, so that the time it takes says nothing. */
function isFromProxy({ headers }: FastifyRequest, secrets: readonly Buffer[]): boolean {
  const given = headers['x-esteira-proxy-secret'];
  if (typeof given !== 'string') return false;
  const hash = digest(given);
  return secrets.some((secret) => timingSafeEqual(secret, hash));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

function isUnsafe({ method }: FastifyRequest): boolean {
  return !safeMethods.has(method);
}

/** Some cross-site requests come without Origin; browsers mark those too. */
function isCrossSite({ headers }: FastifyRequest): boolean {
  return headers.origin === undefined && headers['sec-fetch-site'] === 'cross-site';
}

/** @param host a Host header: `localhost:3000`, `127.0.0.1`, `[::1]:3000` */
function isLoopback(host: string | undefined): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host ?? '');
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}

function hostNotAllowed(): AppError {
  const detail =
    'Without accounts this server answers to localhost only. Use http://localhost, or set ESTEIRA_PUBLIC_URL to its name.';
  return new AppError('HOST_NOT_ALLOWED', detail);
}

function proxyRequired(): AppError {
  return new AppError('PROXY_REQUIRED', 'This server answers to its proxy alone. Use the address of the proxy.');
}

function originNotAllowed(): AppError {
  const detail = 'A web page of another origin made this request. Add its origin to ESTEIRA_CORS_ORIGINS to allow it.';
  return new AppError('ORIGIN_NOT_ALLOWED', detail);
}
