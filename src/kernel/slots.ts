/** A bounded number of places, given in the order in which they were asked for. */
export interface Slots {
  /**
   * Waits for a place.
   *
   * @returns gives the place back
   * @throws the reason of `signal`, when it aborts first
   */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();

  const giveBack = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next();
  };
  const once = (): (() => void) => {
    let held = true;
    return () => {
      if (held) giveBack();
      held = false;
    };
  };

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return once();
      }
      const turn = Promise.withResolvers<void>();
      const leave = (): void => turn.reject(signal.reason);
      waiting.add(turn.resolve);
      signal.addEventListener('abort', leave, { once: true });
      try {
        await turn.promise;
        return once();
      } finally {
        waiting.delete(turn.resolve);
        signal.removeEventListener('abort', leave);
      }
    },
  };
}
