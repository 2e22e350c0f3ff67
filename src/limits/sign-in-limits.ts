import { createHash } from 'node:crypto';
import { isOver, type LimitName, type LimitState, rateLimited } from './limit.ts';
import type { LimitMetrics } from './limit-metrics.ts';
import type { LimitModes } from './limit-modes.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** How often somebody may try to get in, or have mail sent. Where it cannot be counted, nobody may. */
export interface SignInLimits {
  /**
   * Counts a try before anything is looked at.
   *
   * @param subject whose account it is about: the e-mail address as it was typed, or what else tells tries apart
   * @throws AppError RATE_LIMITED, LIMITS_UNAVAILABLE
   */
  attempt(address: string, subject: string | undefined): Promise<void>;
  /** Those tries were somebody's own: they count no more for this address and account, and the last of them for nobody. */
  succeeded(address: string, subject: string): Promise<void>;
  /**
   * Whether a code of an authenticator app is used for the first time: who has looked over a shoulder must not get in.
   *
   * @throws AppError LIMITS_UNAVAILABLE
   * @see RFC 6238, section 5.2
   */
  isFirstUse(userId: string, code: string): Promise<boolean>;
  /** @throws AppError RATE_LIMITED, LIMITS_UNAVAILABLE */
  invitation(userId: string): Promise<void>;
}

export interface SignInLimitsDeps {
  readonly counts: RateLimiter;
  readonly modes: Pick<LimitModes, 'allowed'>;
  readonly metrics: Pick<LimitMetrics, 'refused'>;
  /** Of one address for one account in a quarter of an hour. */
  readonly attempts: number;
}

const windowSeconds = 15 * 60;
/** One address has several people behind it. */
const addressFactor = 3;
/** An account that is tried from everywhere is closed to all: as late as can be, since its owner is shut out too. */
const accountFactor = 10;
const invitationsPerHour = 30;
/** For longer than a code of 30 seconds is taken, with clocks that differ by as much. */
const codeSeconds = 120;

export function createSignInLimits({ counts, modes, metrics, attempts }: SignInLimitsDeps): SignInLimits {
  async function count(name: LimitName, key: string, limit: number, seconds: number): Promise<LimitState> {
    return { name, allowed: modes.allowed(limit), windowSeconds: seconds, ...(await counts.add(key, 1, seconds)) };
  }
  function check(states: readonly LimitState[]): void {
    const over = states.find(isOver);
    if (over === undefined) return;
    metrics.refused(over.name);
    throw rateLimited(over);
  }

  return {
    async attempt(address, subject) {
      const limits: [key: string, limit: number][] = [[`sign-in ${address}`, attempts * addressFactor]];
      if (subject !== undefined) {
        limits.push([`sign-in ${address} ${nameOf(subject)}`, attempts]);
        limits.push([`sign-in ${nameOf(subject)}`, attempts * accountFactor]);
      }
      check(await Promise.all(limits.map(([key, limit]) => count('sign-in', key, limit, windowSeconds))));
    },
    async succeeded(address, subject) {
      await counts.forget(`sign-in ${address} ${nameOf(subject)}`);
      // A try that was right takes nothing from the others behind this address, or of this account.
      for (const key of [`sign-in ${address}`, `sign-in ${nameOf(subject)}`]) {
        const { used } = await counts.add(key, -1, windowSeconds);
        if (used < 0) await counts.forget(key);
      }
    },
    async isFirstUse(userId, code) {
      const { used } = await counts.add(`code ${userId} ${nameOf(code)}`, 1, codeSeconds);
      return used === 1;
    },
    async invitation(userId) {
      check([await count('invitations', `invitations ${userId}`, invitationsPerHour, 3_600)]);
    },
  };
}

/** What is kept of an e-mail address, or of a code. */
function nameOf(subject: string): string {
  return createHash('sha256').update(subject.trim().toLowerCase()).digest('base64url').slice(0, 22);
}
