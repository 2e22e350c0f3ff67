import type { SandboxOptions } from './process-sandbox.ts';

/** What of a machine the children may use. */
export interface SandboxShare {
  readonly processes: number;
  /** Of each. */
  readonly threads: number;
  readonly memoryBytes: number;
}

/** The limits of a sandbox that fit its share of the machine. */
export function sandboxLimits({ processes, threads, memoryBytes }: SandboxShare) {
  return {
    maxChildren: processes,
    maxLightChildren: processes * threads,
    threadsPerChild: threads,
    memoryBudgetBytes: memoryBytes * processes,
    rssLimitBytes: memoryBytes,
    maxWaiting: 1_000,
    idleMs: 10 * 60_000,
    recycleAfterJobs: 1_000,
    recycleAboveRssBytes: memoryBytes * 0.8,
    startTimeoutMs: 120_000,
  } satisfies Partial<SandboxOptions>;
}
