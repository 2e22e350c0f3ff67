import type { Count, RateLimiter } from './rate-limiter.ts';

interface Waiting {
  readonly points: number;
  readonly resolve: (count: Count) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The same counts, asked for one question at a time for each key: what comes meanwhile goes together into the next, and each
 * is told what it would have been told alone. A flood from one address then costs the engine next to nothing, and never
 * stands in front of others' questions.
 *
 * @param limiter is closed with it
 */
export function gathered(limiter: RateLimiter): RateLimiter {
  const asking = new Map<string, Waiting[]>();

  async function ask(key: string, windowSeconds: number, together: readonly Waiting[]): Promise<void> {
    const points = together.reduce((sum, each) => sum + each.points, 0);
    try {
      const { used, resetsInMs } = await limiter.add(key, points, windowSeconds);
      let before = used - points;
      for (const { points: own, resolve } of together) {
        before += own;
        resolve({ used: before, resetsInMs });
      }
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
    const next = asking.get(key) ?? [];
    if (next.length === 0) asking.delete(key);
    else {
      asking.set(key, []);
      void ask(key, windowSeconds, next);
    }
  }

  return {
    ...limiter,
    add: (key, points, windowSeconds) =>
      new Promise((resolve, reject) => {
        const waiting = { points, resolve, reject };
        const others = asking.get(key);
        if (others !== undefined) {
          others.push(waiting);
          return;
        }
        asking.set(key, []);
        void ask(key, windowSeconds, [waiting]);
      }),
  };
}
