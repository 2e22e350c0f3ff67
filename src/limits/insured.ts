import { AppError } from '#kernel/errors.ts';
import type { RateLimiter } from './rate-limiter.ts';

/**
 * The shared counts as long as they can be reached, else those of this process: each process then allows as much as all
 * together should. For reads and work, never for signing in.
 *
 * @param local is closed with it, `shared` is the caller's
 */
export function insured(shared: RateLimiter, local: RateLimiter): RateLimiter {
  const either = async <T>(use: (limiter: RateLimiter) => Promise<T>): Promise<T> => {
    try {
      return await use(shared);
    } catch (error) {
      if (error instanceof AppError && error.code === 'LIMITS_UNAVAILABLE') return use(local);
      throw error;
    }
  };
  return {
    driver: shared.driver,
    add: (key, points, windowSeconds) => either((limiter) => limiter.add(key, points, windowSeconds)),
    hold: (key, used, seconds) => either((limiter) => limiter.hold(key, used, seconds)),
    forget: (key) => either((limiter) => limiter.forget(key)),
    close: () => local.close(),
  };
}
