/** What becomes of requests and attempts; the observer turns it into counters. */
export interface JobMetrics {
  created(processor: string, how: 'new' | 'joined' | 'cached' | 'repeated'): void;
  /** One attempt of this process ended; `seconds` since it was claimed. */
  attemptEnded(processor: string, outcome: AttemptOutcome, seconds: number): void;
  /** A result that a job starts from was found, waited for, or made; `fallback`: made here for somebody who failed. */
  needMet(processor: string, how: 'kept' | 'joined' | 'made' | 'fallback'): void;
  /** How long a job stood in line before it was claimed. */
  claimed(processor: string, waitedSeconds: number): void;
}

/**
 * `released`: put back in line for no fault of its own. `stopped`: cancelled or removed meanwhile. `late`: the attempt
 * had been given up before it ended, and whatever came of it was thrown away.
 */
export type AttemptOutcome = 'succeeded' | 'failed' | 'retried' | 'released' | 'stopped' | 'late';
