import type { lookup as systemLookup } from 'node:dns';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { PassThrough, type Readable } from 'node:stream';
import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import { addressIn, guardedLookup } from './guarded-lookup.ts';
import type { NamedHosts } from './named-hosts.ts';
import { isPublicAddress } from './public-address.ts';

export interface FetchUrlOptions {
  readonly maxBytes: number;
  /** From the first question to the last byte. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Whom we may connect to besides the public web, at any port; asked for every address of every hop. */
  readonly named?: NamedHosts;
  /** How names become addresses; Node.js's own `dns.lookup`. */
  readonly lookup?: typeof systemLookup;
}

export interface RemoteFile {
  /** Fails with an AppError: when time is up, when it breaks off. Whoever does not read it destroys it. */
  readonly body: Readable;
  /** The last part of the address's path. */
  readonly name: string | null;
}

const maxRedirects = 5;
const usualTimeoutMs = 30_000;

/**
 * Fetches a file from an address that a stranger named, without letting the stranger see what only we can reach.
 *
 * The name is resolved once, in the lookup of the very connection, and only public addresses leave it: a name that
 * means something else a moment later changes nothing. The same holds for every redirect. Nothing is sent but the
 * request; no proxy, no cookie, no compressed answer.
 *
 * @param url http or https, without user and password
 * @throws AppError URL_NOT_ALLOWED (scheme, credentials, private address), URL_FETCH_FAILED, UPLOAD_TOO_LARGE by its
 *   Content-Length: a longer body is for the reader to notice; the reason of `signal`
 */
export async function fetchUrl(url: string, options: FetchUrlOptions): Promise<RemoteFile> {
  const { maxBytes, timeoutMs = usualTimeoutMs, signal } = options;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(failed(`was not there within ${timeoutMs / 1_000} seconds`)), timeoutMs);
  const stop = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
  try {
    const { response, target } = await follow(checkUrl(url, options), options, stop);
    const declared = Number(response.headers['content-length'] ?? 0);
    if (declared > maxBytes) {
      response.destroy();
      throw tooLarge(maxBytes);
    }
    const body = bodyOf(response, stop);
    body.once('close', () => clearTimeout(timer));
    return { body, name: nameOf(target) };
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
}

async function follow(first: URL, options: FetchUrlOptions, signal: AbortSignal) {
  let target = first;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await request(target, options, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) {
      const { 'content-encoding': encoding = 'identity' } = headers;
      if (encoding === 'identity') return { response, target };
      response.destroy();
      throw failed('came compressed, which was not asked for');
    }
    response.destroy();
    if (![301, 302, 303, 307, 308].includes(statusCode)) throw failed(`was answered with status ${statusCode}`);
    const next = URL.parse(headers.location ?? '', target);
    if (headers.location === undefined || next === null) throw failed('leads on to nowhere');
    target = checkUrl(next.href, options);
  }
  throw failed(`leads on more than ${maxRedirects} times`);
}

async function request(target: URL, options: FetchUrlOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const mayConnect = (address: string) => isAllowed(target, address, options);
  const guarded = guardedLookup({ mayConnect, lookup: options.lookup }, notPublic);
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const get = target.protocol === 'https:' ? httpsGet : httpGet;
  // No agent: no connection is kept, none is shared, and no proxy of the environment stands between.
  const sent = get(target, { agent: false, lookup: guarded, signal, headers: { 'accept-encoding': 'identity' } });
  sent.once('response', resolve);
  // After the answer there may still be an error; then it is the body's.
  sent.on('error', (error) => {
    if (signal.aborted) reject(signal.reason);
    else reject(error instanceof AppError ? error : failed('cannot be reached', error));
  });
  return await promise;
}

/** A stream of its own, whose errors are ours to word. */
function bodyOf(response: IncomingMessage, signal: AbortSignal): Readable {
  const body = new PassThrough();
  const end = (error: unknown): void => {
    body.destroy(signal.aborted ? signal.reason : failed('broke off', error));
  };
  response.once('error', end);
  body.once('close', () => response.destroy());
  return response.pipe(body);
}

/**
 * What can be said of an address without asking anybody.
 *
 * @throws AppError URL_NOT_ALLOWED for another scheme, a user or password, a port where no web server is, an IP address
 *   that is not public, however it is written
 */
export function checkUrl(url: string, rules: Pick<FetchUrlOptions, 'named'> = {}): URL {
  const target = URL.parse(url);
  if (target === null) throw notAllowed('This is not an address. Send one that begins with https:// or http://.');
  if (target.protocol !== 'https:' && target.protocol !== 'http:') {
    throw notAllowed('Only addresses that begin with https:// or http:// are fetched.');
  }
  if (target.username !== '' || target.password !== '') {
    throw notAllowed('An address with a user name or a password in it is not fetched.');
  }
  // Names that the operator allows may stand for any port; which they are is known when they are looked up.
  if (rules.named === undefined && !isWebPort(target)) {
    throw notAllowed('Only the ports of web servers are asked: 80, 443, 8080 and 8443.');
  }
  const address = addressIn(target);
  if (address !== undefined && !isAllowed(target, address, rules)) throw notPublic();
  return target;
}

function isAllowed(target: URL, address: string, { named }: Pick<FetchUrlOptions, 'named'>): boolean {
  return (isPublicAddress(address) && isWebPort(target)) || named?.(target, address) === true;
}

/** Other ports belong to other protocols, whose servers may take a request for orders of their own. */
function isWebPort({ port }: URL): boolean {
  return ['', '80', '443', '8080', '8443'].includes(port);
}

function nameOf({ pathname }: URL): string | null {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last) || null;
  } catch {
    return last;
  }
}

function notPublic(): AppError {
  return notAllowed('The address does not lead to the public internet, so it is not fetched. Upload the file instead.');
}

function notAllowed(detail: string): AppError {
  return new AppError('URL_NOT_ALLOWED', detail);
}

/** @param what completes "The file at the address …" */
function failed(what: string, cause?: unknown): AppError {
  return new AppError('URL_FETCH_FAILED', `The file at the address ${what}. Check it, or upload the file.`, { cause });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    'UPLOAD_TOO_LARGE',
    `The file at the address is larger than ${formatBytes(maxBytes)}, the limit here.`,
    { extensions: { limitBytes: maxBytes } },
  );
}
