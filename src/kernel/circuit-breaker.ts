export interface CircuitBreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it stays open before one request may try. */
  readonly openMs: number;
  /** A clock that never goes back. */
  readonly now: () => number;
}

export interface CircuitBreaker {
  /** @returns a pass to be settled once, or nothing while the circuit is open */
  enter(): Pass | undefined;
}

/** Leave to try, and the place to say how it went. */
export interface Pass {
  succeeded(): void;
  failed(): void;
  /** It was called off, which says nothing about the other side. */
  released(): void;
}

/**
 * Leaves alone who keeps failing. Closed: everybody may try. Open: nobody, for `openMs`. Then half-open: one may try,
 * and its outcome closes the circuit or opens it again.
 *
 * @see Nygard, Release It!, "Circuit Breaker"
 */
export function createCircuitBreaker({ failures, openMs, now }: CircuitBreakerOptions): CircuitBreaker {
  let inARow = 0;
  let openUntilMs: number | undefined;
  let trying = false;

  const open = (): void => {
    openUntilMs = now() + openMs;
  };
  // Those who entered before the circuit opened have nothing to say any more.
  const ordinary: Pass = {
    succeeded() {
      if (openUntilMs === undefined) inARow = 0;
    },
    failed() {
      if (openUntilMs !== undefined) return;
      inARow += 1;
      if (inARow >= failures) open();
    },
    released() {},
  };
  const trial: Pass = {
    succeeded() {
      trying = false;
      openUntilMs = undefined;
      inARow = 0;
    },
    failed() {
      trying = false;
      open();
    },
    released() {
      trying = false;
    },
  };

  return {
    enter() {
      if (openUntilMs === undefined) return ordinary;
      if (trying || now() < openUntilMs) return undefined;
      trying = true;
      return trial;
    },
  };
}
