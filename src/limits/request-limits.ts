import type { Plans } from '#accounts/plans/plan.ts';
import type { Principal } from '#accounts/principal.ts';
import { isOver, type LimitState } from './limit.ts';
import type { LimitMetrics } from './limit-metrics.ts';
import type { LimitModes } from './limit-modes.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { Spent } from './spent.ts';

/**
 * What an address asks for that is not signed in: `ip`, the API; `files`, what browsers load by the dozen: pages, scripts,
 * pictures; `failed`, something with credentials that are wrong.
 */
export const addressLimits = ['ip', 'files', 'failed'] as const;
export type AddressLimit = (typeof addressLimits)[number];

/** How often who may ask. */
export interface RequestLimits {
  /** Addresses that are turned away now, as far as this process knows. */
  readonly blockedAddresses: number;
  /**
   * Without asking anybody, so that it costs next to nothing.
   *
   * @param address as `addressKey` says it
   * @param signsIn whether there are credentials: those are refused only where too many were wrong
   */
  blocked(address: string, signsIn: boolean): LimitState | undefined;
  /** Counts one request. Undefined where addresses are not limited. */
  address(limit: AddressLimit, address: string): Promise<LimitState | undefined>;
  /** Counts one request of somebody who is signed in; all limits that it falls under. */
  principal(principal: Principal): Promise<readonly LimitState[]>;
  /** For when limits have become others: what was used up may be so no longer. */
  forgetSpent(): void;
}

export interface RequestLimitsDeps {
  readonly counts: RateLimiter;
  /** Where it is kept how often an address was blocked, and until when. */
  readonly lasting: RateLimiter;
  readonly modes: Pick<LimitModes, 'allowed'>;
  readonly plans: Plans | undefined;
  readonly metrics: Pick<LimitMetrics, 'refused'>;
  /** 0: no limit. */
  readonly perMinute: { readonly ip: number; readonly user: number };
  /** Told once for each block. */
  readonly onBlocked?: (address: string, state: LimitState) => void;
}

const windowSeconds = 60;
/** A page of the studio is some dozens of files, and one of a shop a hundred pictures. */
const filesFactor = 10;
/** Each time within a day that an address goes too far, it is blocked for longer. */
const blockSeconds = [60, 5 * 60, 15 * 60, 60 * 60] as const;
const memorySeconds = 24 * 3_600;

export function createRequestLimits(deps: RequestLimitsDeps): RequestLimits {
  const { counts, lasting, modes, plans, metrics, perMinute } = deps;
  const anonymous = new Spent();
  const everything = new Spent();
  const spent = new Spent();

  function stateOf(name: LimitState['name'], limit: number): Omit<LimitState, 'used' | 'resetsInMs'> {
    return { name, allowed: modes.allowed(limit), windowSeconds };
  }

  async function block(limit: AddressLimit, address: string, state: LimitState): Promise<LimitState> {
    const { used: times } = await lasting.add(`blocks ${address}`, 1, memorySeconds);
    const seconds = blockSeconds[Math.min(times, blockSeconds.length) - 1] ?? 60;
    // The count itself is held above what is allowed: so every process finds the block without looking for one.
    await counts.hold(`${limit} ${address}`, state.used, seconds);
    if (counts.driver !== lasting.driver) await lasting.hold(`${limit} ${address}`, state.used, seconds);
    const blocked = { ...state, resetsInMs: seconds * 1_000 };
    deps.onBlocked?.(address, blocked);
    return blocked;
  }

  async function address(limit: AddressLimit, key: string): Promise<LimitState | undefined> {
    if (perMinute.ip === 0) return undefined;
    const rule = stateOf(limit, limit === 'files' ? perMinute.ip * filesFactor : perMinute.ip);
    const counted = { ...rule, ...(await counts.add(`${limit} ${key}`, 1, windowSeconds)) };
    if (!isOver(counted)) return counted;
    // Of all processes exactly one sees the first use that was too much.
    const state = counted.used === counted.allowed + 1 ? await block(limit, key, counted) : counted;
    (limit === 'failed' ? everything : anonymous).add(key, state);
    metrics.refused(limit);
    return state;
  }

  async function count(name: 'user' | 'key' | 'plan', id: string, limit: number): Promise<LimitState> {
    const key = `${name} ${id}`;
    const known = spent.get(key);
    if (known !== undefined) return known;
    const state = { ...stateOf(name, limit), ...(await counts.add(key, 1, windowSeconds)) };
    if (isOver(state)) spent.add(key, state);
    return state;
  }

  async function principal(who: Principal): Promise<readonly LimitState[]> {
    if (who.kind === 'local') return [];
    const plan = await plans?.of(who.tenantId);
    const limits = [
      ['user', who.userId, perMinute.user] as const,
      ['key', who.credentialId, who.requestsPerMinute ?? 0] as const,
      ['plan', who.tenantId, plan?.plan.requestsPerMinute ?? 0] as const,
    ].filter(([, , limit]) => limit > 0);
    const states = await Promise.all(limits.map(([name, id, limit]) => count(name, id, limit)));
    const over = states.find(isOver);
    if (over !== undefined) metrics.refused(over.name);
    return states;
  }

  return {
    get blockedAddresses() {
      return anonymous.size + everything.size;
    },
    blocked(key, signsIn) {
      const state = everything.get(key) ?? (signsIn ? undefined : anonymous.get(key));
      if (state !== undefined) metrics.refused(state.name);
      return state;
    },
    address,
    principal,
    forgetSpent() {
      for (const known of [anonymous, everything, spent]) known.clear();
    },
  };
}
