import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FanOut } from '#events/fan-out.ts';
import { AppError } from '#kernel/errors.ts';
import type { Lock, LockRequest, Locks } from './locks.ts';

/** What an engine has to do for locks: names that belong to a holder for a time. Each call is atomic. */
export interface Leases {
  readonly driver: string;
  /** @returns whether the name was free, or its lease had run out, and is the holder's now */
  take(name: string, holder: string, leaseMs: number): Promise<boolean>;
  /** @returns whether it is still the holder's */
  renew(name: string, holder: string, leaseMs: number): Promise<boolean>;
  /** Does nothing to another's. */
  free(name: string, holder: string): Promise<void>;
  close(): Promise<void>;
}

export interface LeaseLocksOptions {
  readonly leases: Leases;
  /** Carries the question to holders in other processes. */
  readonly fanOut: FanOut;
  readonly leaseMs?: number;
  readonly onError?: (error: unknown) => void;
}

const usualLeaseMs = 15_000;
const usualWaitMs = 20_000;
const firstPauseMs = 10;
const maxPauseMs = 250;
/** What was told may have got lost on its way. */
const askAgainMs = 1_000;

/** Locks out of leases that are renewed while they are held. */
export function leaseLocks({ leases, fanOut, leaseMs = usualLeaseMs, onError = () => {} }: LeaseLocksOptions): Locks {
  const wanted = new Map<string, () => void>();
  const stopListening = fanOut.on('lock-wanted', (names) => {
    for (const name of names) wanted.get(name)?.();
  });

  async function take(name: string, holder: string): Promise<boolean> {
    try {
      return await leases.take(name, holder, leaseMs);
    } catch (error) {
      onError(error);
      const detail = 'Who is writing to this upload cannot be found out now. Try again in a few seconds.';
      throw new AppError('LOCKS_UNAVAILABLE', detail, { cause: error });
    }
  }

  async function wait(name: string, holder: string, { waitMs = usualWaitMs, signal }: LockRequest): Promise<void> {
    const startMs = performance.now();
    let askedMs = Number.NEGATIVE_INFINITY;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      signal?.throwIfAborted();
      if (await take(name, holder)) return;
      const nowMs = performance.now();
      if (nowMs - startMs >= waitMs) throw locked();
      if (nowMs - askedMs >= askAgainMs) {
        askedMs = nowMs;
        fanOut.tell('lock-wanted', [name]);
      }
      await delay(pauseMs, undefined, signal && { signal }).catch(() => {});
    }
  }

  /** @returns what stops it */
  function keepRenewing(name: string, holder: string, onLost: () => void): () => void {
    let renewedMs = performance.now();
    let busy = false;
    const timer = setInterval(async () => {
      if (busy) return;
      busy = true;
      const askedMs = performance.now();
      // A name that is gone, because the engine was emptied, may be free still.
      const held = await leases
        .renew(name, holder, leaseMs)
        .then((kept) => kept || leases.take(name, holder, leaseMs))
        .catch((error: unknown) => {
          onError(error);
          return askedMs - renewedMs < leaseMs;
        });
      if (held) renewedMs = askedMs;
      else onLost();
      busy = false;
    }, leaseMs / 3).unref();
    return () => clearInterval(timer);
  }

  return {
    driver: leases.driver,
    async acquire(name, request): Promise<Lock> {
      const holder = randomUUID();
      await wait(name, holder, request);
      const onWanted = () => request.onWanted?.();
      wanted.set(name, onWanted);
      const stopRenewing = keepRenewing(name, holder, onWanted);
      return {
        async release() {
          stopRenewing();
          if (wanted.get(name) === onWanted) wanted.delete(name);
          await leases.free(name, holder).catch(onError);
        },
      };
    },
    async close() {
      stopListening();
      await leases.close();
    },
  };
}

function locked(): AppError {
  return new AppError('UPLOAD_LOCKED', 'Another request is still working on this upload. Try again in some seconds.');
}
