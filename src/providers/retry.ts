/** How long to wait before trying again. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * A random time below a limit that doubles: those who failed together do not come back together.
 *
 * @param attempt 0 after the first try
 * @param random 0 … 1
 * @see Brooker, "Exponential Backoff And Jitter", full jitter
 */
export function backoffMs({ baseMs, maxMs }: Backoff, attempt: number, random: number): number {
  return Math.floor(random * Math.min(maxMs, baseMs * 2 ** attempt));
}

/**
 * What `Retry-After` asks for.
 *
 * @param header seconds, or an HTTP date
 * @returns undefined when it says nothing that can be understood
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const dateMs = /GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
