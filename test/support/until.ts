import { setTimeout as delay } from 'node:timers/promises';

/**
 * Tries until it does not throw: for what cannot be awaited because another process does it.
 *
 * @throws the last error when `timeoutMs` has passed
 */
export async function until<T>(attempt: () => T | Promise<T>, timeoutMs = 30_000): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await delay(20);
    }
  }
}
