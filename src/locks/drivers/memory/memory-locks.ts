import type { FanOut } from '#events/fan-out.ts';
import { type LeaseLocksOptions, leaseLocks } from '../../lease-locks.ts';
import type { Locks } from '../../locks.ts';

/** For one process alone. */
export function memoryLocks(fanOut: FanOut, options: Pick<LeaseLocksOptions, 'leaseMs'> = {}): Locks {
  const holders = new Map<string, string>();
  return leaseLocks({
    ...options,
    fanOut,
    leases: {
      driver: 'memory',
      async take(name, holder) {
        if (holders.has(name)) return false;
        holders.set(name, holder);
        return true;
      },
      async renew(name, holder) {
        return holders.get(name) === holder;
      },
      async free(name, holder) {
        if (holders.get(name) === holder) holders.delete(name);
      },
      async close() {},
    },
  });
}
