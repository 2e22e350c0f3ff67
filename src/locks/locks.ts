/** One holder for each name, among all processes that share the engine. */
export interface Locks {
  /** For messages and the contract's report: `memory`, `redis`, `postgres`. */
  readonly driver: string;

  /**
   * Waits until the name is free, asking its holder to end soon.
   *
   * @throws AppError UPLOAD_LOCKED when the holder did not in time, LOCKS_UNAVAILABLE when the engine does not answer;
   *   the reason of `signal`
   */
  acquire(name: string, request: LockRequest): Promise<Lock>;

  /** Those held end with their leases; holders release before. */
  close(): Promise<void>;
}

export interface LockRequest {
  /** Somebody else waits for it, or the lock may be lost: end soon and release. Called again while that is so. */
  readonly onWanted?: (() => void) | undefined;
  /** How long to wait; longer than a lease by default, so that the locks of killed processes are outwaited. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

export interface Lock {
  /** Never throws: what cannot be released ends with its lease. */
  release(): Promise<void>;
}
