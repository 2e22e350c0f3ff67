import { setTimeout as sleep } from 'node:timers/promises';
import { createCircuitBreaker, type Pass } from '#kernel/circuit-breaker.ts';
import { AppError } from '#kernel/errors.ts';
import { createSlots } from '#kernel/slots.ts';
import type { MediaInfo } from '#processors/contract.ts';
import { checkAnswer } from './check-answer.ts';
import { unavailable } from './http.ts';
import type { CutOutRequest, MaskProvider } from './mask-provider.ts';
import { type Backoff, backoffMs } from './retry.ts';

export interface GuardOptions {
  /** Of one try. All of them, and the pauses between, may take this long once for each try that is allowed. */
  readonly timeoutMs: number;
  /** After the first try. */
  readonly retries: number;
  readonly backoff?: Backoff;
  /** After so many failures in a row the provider is left alone for so long. */
  readonly breaker?: { readonly failures: number; readonly openMs: number };
  /** Requests under way at once; others wait. */
  readonly concurrency?: number;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

export interface GuardedProvider extends Pick<MaskProvider, 'name' | 'address'> {
  /** As the provider's own, and the answer looked at. */
  cutOut(request: CutOutRequest): Promise<MediaInfo & { readonly path: string }>;
}

const usualBackoff: Backoff = { baseMs: 500, maxMs: 10_000 };
const usualBreaker = { failures: 5, openMs: 30_000 };
const usualConcurrency = 4;

/** Makes a provider fit to be relied on: bounded in time and number, tried again, left alone, and not believed. */
export function guardProvider(provider: MaskProvider, options: GuardOptions): GuardedProvider {
  const { timeoutMs, retries, backoff = usualBackoff, now = () => performance.now() } = options;
  const breaker = createCircuitBreaker({ ...usualBreaker, ...options.breaker, now });
  const slots = createSlots(options.concurrency ?? usualConcurrency);
  const { name, address } = provider;

  async function tryOnce(request: CutOutRequest, limitMs: number): Promise<MediaInfo & { path: string }> {
    const pass = breaker.enter();
    if (pass === undefined) throw unavailable(name, 'failed too often lately and is left alone for a while');
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(unavailable(name, `did not answer within ${limitMs} ms`)), limitMs);
    const signal = AbortSignal.any([request.signal, late.signal]);
    try {
      const path = await provider.cutOut({ ...request, signal });
      const answer = { ...(await checkAnswer(name, path, request)), path };
      pass.succeeded();
      return answer;
    } catch (error) {
      settle(pass, request.signal, error);
      throw error;
    } finally {
      clearTimeout(timer);
      late.abort();
    }
  }

  return {
    name,
    address,
    async cutOut(request) {
      const { signal } = request;
      const giveBack = await slots.take(signal);
      try {
        const endMs = now() + timeoutMs * (retries + 1);
        for (let attempt = 0; ; attempt++) {
          try {
            return await tryOnce(request, Math.min(timeoutMs, Math.max(1, endMs - now())));
          } catch (error) {
            if (signal.aborted || attempt >= retries || !mayPass(error)) throw error;
            const pauseMs = askedPauseMs(error) ?? backoffMs(backoff, attempt, Math.random());
            if (now() + pauseMs >= endMs) throw error;
            await sleep(pauseMs, undefined, { signal });
          }
        }
      } finally {
        giveBack();
      }
    },
  };
}

function mayPass(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'PROVIDER_UNAVAILABLE';
}

function askedPauseMs(error: AppError): number | undefined {
  const { retryAfterMs } = error.extensions;
  return typeof retryAfterMs === 'number' ? retryAfterMs : undefined;
}

/** A provider that refuses one picture is well; one that was not waited for may be. */
function settle(pass: Pass, calledOff: AbortSignal, error: unknown): void {
  if (calledOff.aborted) pass.released();
  else if (error instanceof AppError && error.code === 'PROVIDER_REFUSED') pass.succeeded();
  else pass.failed();
}
