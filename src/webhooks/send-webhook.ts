import type { lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { guardedLookup } from '#assets/guarded-lookup.ts';
import { AppError } from '#kernel/errors.ts';
import { notPublic, type ReceiverGuard } from './receiver-guard.ts';
import { retryAfterMs } from './retry-delay.ts';

export interface SendOptions {
  readonly guard: ReceiverGuard;
  /** From the first question to the last byte that is read. */
  readonly timeoutMs: number;
  /** Gives up: the receiver may have got it, or not. */
  readonly signal: AbortSignal;
  readonly lookup?: typeof systemLookup | undefined;
}

export interface SendOutcome {
  /** Null when no answer came. */
  readonly status: number | null;
  /** `TIMEOUT`, `NOT_ALLOWED`, or a code of Node.js. */
  readonly error: string | null;
  readonly excerpt: string;
  readonly durationMs: number;
  readonly retryAfterMs: number;
}

const maxAnswerBytes = 4_096;
const maxExcerptChars = 1_000;

/**
 * One POST. Redirects are answers like others; nothing of ours goes along but the message.
 *
 * @throws the reason of `signal`, nothing else
 */
export async function sendWebhook(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  options: SendOptions,
): Promise<SendOutcome> {
  const { timeoutMs, signal } = options;
  signal.throwIfAborted();
  const startedMs = performance.now();
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const durationMs = () => Math.round(performance.now() - startedMs);
  try {
    const answer = await post(url, headers, body, options, stop);
    const excerpt = await beginningOf(answer);
    signal.throwIfAborted();
    return {
      status: answer.statusCode ?? 0,
      error: null,
      excerpt,
      durationMs: durationMs(),
      retryAfterMs: retryAfterMs(answer.headers['retry-after'], Date.now()),
    };
  } catch (error) {
    signal.throwIfAborted();
    const code = stop.aborted ? 'TIMEOUT' : codeOf(error);
    return { status: null, error: code, excerpt: '', durationMs: durationMs(), retryAfterMs: 0 };
  }
}

/** The same timer ends the wait for an answer and the reading of it. */
async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { guard, lookup }: SendOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const target = guard.check(url);
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(target, {
    method: 'POST',
    // No agent: no connection is kept, none is shared, and no proxy of the environment stands between.
    agent: false,
    lookup: guardedLookup({ mayConnect: guard.mayConnect(target), lookup }, notPublic),
    signal,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Esteira',
      accept: '*/*',
      'accept-encoding': 'identity',
    },
  });
  sent.once('response', resolve);
  sent.on('error', reject);
  sent.end(body);
  return await promise;
}

/** What has come until the connection breaks, time is up, or it is enough. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, maxAnswerBytes - sizeBytes));
      sizeBytes += chunk.length;
      if (sizeBytes >= maxAnswerBytes) break;
    }
  } catch {
    // The status has said it all.
  }
  answer.destroy();
  const text = new TextDecoder().decode(Buffer.concat(chunks));
  // The database keeps no U+0000, and half a character is none.
  return text.replaceAll('\0', '�').slice(0, maxExcerptChars).toWellFormed();
}

function codeOf(error: unknown): string {
  if (error instanceof AppError) return 'NOT_ALLOWED';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'FAILED';
}
