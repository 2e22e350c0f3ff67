/** Work that is done again and again until it is closed. */
export interface Repeating {
  /** Resolves when a run under way has ended; none starts after. */
  close(): Promise<void>;
}

/** Runs `work` every `intervalMs`, never twice at once, the first time after one interval. */
export function every(intervalMs: number, work: () => Promise<void>, onError: (error: unknown) => void): Repeating {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = work()
      .catch(onError)
      .finally(() => {
        busy = false;
      });
  }, intervalMs);
  return {
    close() {
      clearInterval(timer);
      return running;
    },
  };
}
