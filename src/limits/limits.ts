import type { LimitMetrics } from './limit-metrics.ts';
import type { LimitModes } from './limit-modes.ts';
import type { Pressure } from './pressure.ts';
import type { RequestLimits } from './request-limits.ts';
import type { SignInLimits } from './sign-in-limits.ts';

/** What the API asks before it does anything. */
export interface Limits {
  readonly requests: RequestLimits;
  readonly signIn: SignInLimits;
  readonly modes: LimitModes;
  readonly pressure: Pressure;
  readonly metrics: Pick<LimitMetrics, 'shed'>;
}
