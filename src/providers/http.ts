import { Readable } from 'node:stream';
import { receiveFile } from '#assets/receive-file.ts';
import { AppError } from '#kernel/errors.ts';
import { formatBytes, mebibyte } from '#kernel/units.ts';
import { retryAfterMs } from './retry.ts';

/** What a provider is asked, and by whom we say it was asked when it goes wrong. */
export interface ProviderCall {
  /** `gradio`. */
  readonly provider: string;
  readonly url: URL;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  readonly signal: AbortSignal;
}

const maxJsonBytes = 8 * mebibyte;

/**
 * Sends one request; follows no redirect, so that pictures and keys go to the configured host alone.
 *
 * @returns an answer with a status of 2xx, whose body the caller reads
 * @throws AppError PROVIDER_UNAVAILABLE (no connection, 408, 429, 5xx; `retryAfterMs` where it says so),
 *   PROVIDER_DENIED (401 to 403), PROVIDER_REFUSED (other 4xx), PROVIDER_BAD_ANSWER (redirect); the reason of `signal`
 */
export async function send({ provider, url, method = 'GET', headers = {}, body, signal }: ProviderCall) {
  const response = await fetch(url, {
    method,
    headers: { 'user-agent': 'esteira', ...headers },
    redirect: 'manual',
    signal,
    ...(body !== undefined && { body }),
  }).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw brokenOff(provider, error);
  });
  if (response.ok) return response;
  await response.body?.cancel().catch(() => undefined);
  throw refusal(provider, response);
}

/** @throws AppError PROVIDER_BAD_ANSWER when it is no JSON, or endless */
export async function readJson(provider: string, response: Response, signal: AbortSignal): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of bodyOf(provider, response, signal)) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxJsonBytes) throw badAnswer(provider, 'its answer does not end');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw badAnswer(provider, 'its answer is not JSON', cause);
  }
}

/**
 * Writes an answer to a new file in `dir`.
 *
 * @returns its path
 * @throws AppError PROVIDER_BAD_ANSWER when it is longer than `maxBytes`, PROVIDER_UNAVAILABLE when it breaks off
 */
export async function saveBody(
  provider: string,
  response: Response,
  { dir, maxBytes, signal }: { readonly dir: string; readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<string> {
  const body = Readable.from(bodyOf(provider, response, signal), { objectMode: false });
  try {
    const { path } = await receiveFile(body, dir, maxBytes);
    return path;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof AppError) || error.code !== 'UPLOAD_TOO_LARGE') throw error;
    throw badAnswer(provider, `its answer is longer than ${formatBytes(maxBytes)}`);
  } finally {
    body.destroy();
  }
}

/** The body in pieces; leaving it early closes the connection. */
export async function* bodyOf(provider: string, response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  try {
    yield* response.body;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw brokenOff(provider, error);
  }
}

/** @param what completes "gradio gave an answer that cannot be used: …" */
export function badAnswer(provider: string, what: string, cause?: unknown): AppError {
  return new AppError('PROVIDER_BAD_ANSWER', `${provider} gave an answer that cannot be used: ${what}.`, { cause });
}

/** @param what completes "gradio …" */
export function unavailable(provider: string, what: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
  const { cause, retryAfterMs: waitMs } = options;
  const extensions = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  return new AppError('PROVIDER_UNAVAILABLE', `${provider} ${what}. Try again later.`, { cause, extensions });
}

function brokenOff(provider: string, cause: unknown): AppError {
  // The text of these errors holds addresses; the log has it as the cause.
  return unavailable(provider, 'cannot be reached, or broke off', { cause });
}

function refusal(provider: string, { status, headers }: Response): AppError {
  if (status === 408 || status === 429 || status >= 500) {
    const waitMs = retryAfterMs(headers.get('retry-after'), Date.now());
    const what = status === 429 ? 'asks for fewer requests (status 429)' : `failed (status ${status})`;
    return unavailable(provider, what, waitMs === undefined ? {} : { retryAfterMs: waitMs });
  }
  if (status === 402) return new AppError('PROVIDER_DENIED', `${provider} has no credit left for us (status 402).`);
  if (status === 401 || status === 403) {
    return new AppError('PROVIDER_DENIED', `${provider} does not accept our key (status ${status}).`);
  }
  if (status >= 300 && status < 400) {
    return badAnswer(provider, 'it redirects; the address that is configured must be the final one');
  }
  return new AppError('PROVIDER_REFUSED', `${provider} does not take this picture (status ${status}).`);
}
