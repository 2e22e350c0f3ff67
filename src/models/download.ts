import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import type { PartialFile, Validator } from './partial-file.ts';

export interface DownloadOptions {
  /** Known beforehand: nothing else is taken. */
  readonly sizeBytes?: number | undefined;
  readonly maxBytes: number;
  /** How long the other side may be silent. */
  readonly silenceMs: number;
  /** Before the first new attempt; twice as long before each next. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (receivedBytes: number, totalBytes: number | undefined) => void;
}

const maxRedirects = 5;
/** In a row without coming further than any before. */
const maxVainAttempts = 3;

/**
 * Receives a file over HTTP, going on from what is there already if the other side has the same file still. Broken
 * connections are taken up again as long as each brings something.
 *
 * @throws AppError MODEL_DOWNLOAD_FAILED, MODEL_INVALID (too large), or the system's error when it cannot be written
 */
export async function download(url: string, into: PartialFile, options: DownloadOptions): Promise<void> {
  const { sizeBytes } = options;
  let furthest = into.sizeBytes;
  for (let vain = 0; ; ) {
    if (sizeBytes !== undefined && into.sizeBytes === sizeBytes) return;
    try {
      await attempt(url, into, options);
      return;
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof Interrupted)) throw error;
      vain = into.sizeBytes > furthest ? 0 : vain + 1;
      furthest = Math.max(furthest, into.sizeBytes);
      if (vain === maxVainAttempts) throw failed(url, `${error.message}, ${maxVainAttempts} times`, error.cause);
      await delay(options.pauseMs * 2 ** vain, undefined, { signal: options.signal });
    }
  }
}

/** Something that another attempt may mend. */
class Interrupted extends Error {}

async function attempt(url: string, into: PartialFile, options: DownloadOptions): Promise<void> {
  const silence = new AbortController();
  const signal = AbortSignal.any([options.signal, silence.signal]);
  const timer = setTimeout(() => silence.abort(), options.silenceMs);
  try {
    const response = await request(url, into, signal);
    const totalBytes = await place(url, response, into, options);
    if (response.body !== null && !response.bodyUsed) {
      for await (const chunk of response.body) {
        timer.refresh();
        if (into.sizeBytes + chunk.length > (totalBytes ?? options.maxBytes)) throw tooLarge(url, options);
        await into.append(chunk);
        options.onProgress(into.sizeBytes, totalBytes);
      }
    }
    if (totalBytes !== undefined && into.sizeBytes < totalBytes)
      throw new Interrupted('the connection ended too early');
  } catch (error) {
    if (silence.signal.aborted)
      throw new Interrupted(`it was silent for ${options.silenceMs / 1000} s`, { cause: error });
    if (isNetworkError(error)) throw new Interrupted(`the connection broke (${reasonOf(error)})`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    silence.abort(); // lets go of a connection that was not read to its end
  }
}

/** @returns the answer at the end of the redirects, of a status that has a file */
async function request(url: string, into: PartialFile, signal: AbortSignal): Promise<Response> {
  let at = new URL(url);
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = await fetch(at, { redirect: 'manual', signal, headers: headersFor(into) });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      at = redirectTarget(url, at, location);
      continue;
    }
    if (response.status === 416) {
      await response.body?.cancel();
      if (response.headers.get('content-range') === `bytes */${into.sizeBytes}`) return response; // all of it is here
      await into.restart({});
      throw new Interrupted('the file there has changed');
    }
    if (response.status === 408 || response.status === 429 || response.status >= 500) {
      throw new Interrupted(`it answers ${response.status}`);
    }
    if (response.status !== 200 && response.status !== 206) throw failed(url, `it answers ${response.status}`);
    const encoding = response.headers.get('content-encoding');
    if (encoding !== null && encoding !== 'identity') throw failed(url, `it sends the file encoded as ${encoding}`);
    return response;
  }
  throw failed(url, `it redirects more than ${maxRedirects} times`);
}

function headersFor({ sizeBytes, validator }: PartialFile): Record<string, string> {
  const condition = validator.etag ?? validator.lastModified;
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'esteira' };
  if (sizeBytes === 0 || condition === undefined) return headers;
  return { ...headers, range: `bytes=${sizeBytes}-`, 'if-range': condition };
}

function redirectTarget(url: string, from: URL, location: string): URL {
  const target = URL.parse(location, from);
  if (target?.protocol === 'https:' || (target?.protocol === 'http:' && from.protocol === 'http:')) return target;
  throw failed(url, 'it redirects to an address that is not one of HTTPS');
}

/**
 * Makes sure that what comes belongs behind what is there; begins anew where it does not.
 *
 * @returns how long the whole file is, if it is said
 */
async function place(url: string, response: Response, into: PartialFile, options: DownloadOptions) {
  const validator = validatorOf(response);
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  let totalBytes = numberOf(response.headers.get('content-length'));
  if (response.status === 416) return into.sizeBytes;
  if (response.status === 206) {
    const same = validator.etag === into.validator.etag && validator.lastModified === into.validator.lastModified;
    if (Number(range?.[1]) !== into.sizeBytes || !same) {
      await into.restart({});
      throw new Interrupted('the file there has changed');
    }
    totalBytes = numberOf(range?.[2] ?? null);
  } else {
    await into.restart(validator);
  }
  if (options.sizeBytes !== undefined && totalBytes !== undefined && totalBytes !== options.sizeBytes) {
    throw failed(
      url,
      `it has ${formatBytes(totalBytes)} (${totalBytes} bytes), not the ${options.sizeBytes} bytes of this model`,
    );
  }
  if (totalBytes !== undefined && totalBytes > options.maxBytes) throw tooLarge(url, options);
  return totalBytes ?? options.sizeBytes;
}

/** Weak tags say that two files mean the same, not that their bytes are equal. */
function validatorOf({ headers }: Response): Validator {
  const etag = headers.get('etag');
  const lastModified = headers.get('last-modified');
  return {
    ...(etag !== null && !etag.startsWith('W/') && { etag }),
    ...(lastModified !== null && { lastModified }),
  };
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** fetch fails with a TypeError for all that goes wrong on the way; the disk fails with codes of its own. */
function isNetworkError(error: unknown): error is TypeError {
  return error instanceof TypeError;
}

function reasonOf({ cause, message }: TypeError): string {
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? why ?? message;
}

function tooLarge(url: string, { maxBytes, sizeBytes }: DownloadOptions): AppError {
  return new AppError(
    'MODEL_INVALID',
    `The file at ${shown(url)} is larger than ${formatBytes(sizeBytes ?? maxBytes)}; nothing was kept.`,
  );
}

function failed(url: string, why: string, cause?: unknown): AppError {
  return new AppError('MODEL_DOWNLOAD_FAILED', `${shown(url)} could not be downloaded: ${why}.`, { cause });
}

/** Without the password or token that an address may hold. */
export function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
