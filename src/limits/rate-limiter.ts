/** What a key has used of its window. */
export interface Count {
  readonly used: number;
  /** Until the window ends and counting begins anew. */
  readonly resetsInMs: number;
}

/**
 * Counts by key, in windows that begin with their first use; whoever asks decides what is too much. Keys are texts of up
 * to 200 characters. All processes that open the same engine count together, and no use is lost or counted twice.
 */
export interface RateLimiter {
  /** For messages and the contract's report: `memory`, `redis`, `postgres`. */
  readonly driver: string;
  /**
   * @param points what is used now; below zero gives back
   * @param windowSeconds how long a window lasts that begins now; one that has begun stays as it is
   * @throws AppError LIMITS_UNAVAILABLE when the engine does not answer
   */
  add(key: string, points: number, windowSeconds: number): Promise<Count>;
  /** From now on so much is used, for so long. @throws AppError LIMITS_UNAVAILABLE */
  hold(key: string, used: number, seconds: number): Promise<void>;
  /** Nothing is used any more. @throws AppError LIMITS_UNAVAILABLE */
  forget(key: string): Promise<void>;
  close(): Promise<void>;
}
