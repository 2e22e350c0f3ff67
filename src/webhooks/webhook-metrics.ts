import type { Settled } from './settle-delivery.ts';

/** What becomes of deliveries; the observer turns it into counters. */
export interface WebhookMetrics {
  /** One try of this process ended; `released`: given back because the process ends. */
  tried(outcome: Settled | 'released', seconds: number): void;
}
