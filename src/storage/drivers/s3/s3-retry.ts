import type { S3ClientConfig } from '@aws-sdk/client-s3';

type RetryStrategy = Exclude<Awaited<NonNullable<S3ClientConfig['retryStrategy']>>, () => unknown>;
type RetryStrategyV2 = Extract<RetryStrategy, { refreshRetryTokenForRetry: unknown }>;
type RetryToken = Awaited<ReturnType<RetryStrategyV2['acquireInitialRetryToken']>>;

/** 0.2^8: with a fifth of all answers being errors, not one call in 100,000 fails. */
const maxAttempts = 8;
const baseMs = 100;
const maxMs = 2_000;

/**
 * Full jitter below a limit that doubles. The SDK's own goes up to 20 seconds: all tries would not have their turn within
 * the time of a call. What bounds the load on a store that is down is our circuit breaker, not a quota of retries.
 */
export const retryStrategy: RetryStrategyV2 = {
  acquireInitialRetryToken: async () => token(0),
  async refreshRetryTokenForRetry(last, { errorType }) {
    const count = last.getRetryCount() + 1;
    if (errorType === 'CLIENT_ERROR' || count >= maxAttempts) throw new Error('it is not tried again');
    return token(count);
  },
  recordSuccess() {},
};

function token(count: number): RetryToken {
  const delayMs = count === 0 ? 0 : Math.random() * Math.min(maxMs, baseMs * 2 ** count);
  return { getRetryCount: () => count, getRetryDelay: () => delayMs };
}
