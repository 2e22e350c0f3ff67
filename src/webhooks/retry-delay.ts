const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Between the tries of one delivery: a little more than three days in all. */
const delaysMs = [
  5_000,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];
const maxDelayMs = 24 * hourMs;
/** Deliveries that failed together do not come back together. */
const jitter = 0.1;

/**
 * @param attempts made until now, at least one
 * @param retryAfterMs what the receiver asked for
 * @returns undefined when it is not tried again
 */
export function retryDelayMs(attempts: number, retryAfterMs = 0, random = Math.random()): number | undefined {
  const delayMs = delaysMs[attempts - 1];
  if (delayMs === undefined) return undefined;
  return Math.round(Math.max(delayMs * (1 - jitter + 2 * jitter * random), Math.min(retryAfterMs, maxDelayMs)));
}

/** @param header of the answer: seconds, or a date. @returns 0 when it says nothing */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  if (header === undefined) return 0;
  const waitMs = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : 0;
}
