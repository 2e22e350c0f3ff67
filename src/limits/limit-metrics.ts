import type { LimitName } from './limit.ts';

/** Why work is refused for a while. */
export const shedReasons = ['event-loop', 'memory', 'queue'] as const;
export type ShedReason = (typeof shedReasons)[number];

/** What is refused; the observer turns it into counters. */
export interface LimitMetrics {
  refused(limit: LimitName): void;
  shed(reason: ShedReason): void;
  /** @param read asked at every scrape */
  watchLimits(read: () => { readonly blockedAddresses: number; readonly aggressive: boolean }): void;
}
