import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import type { Attempt } from './attempt.ts';
import { inMs } from './settle-job.ts';

export interface LeaseOptions {
  readonly db: Kysely<Database>;
  readonly log: Logger;
  readonly leaseMs: number;
  /**
   * Called once. `stopped`: the job was cancelled or removed. `lost`: the attempt was given up, or may have been, because
   * the lease could not be renewed in time.
   */
  readonly onEnd: (reason: 'stopped' | 'lost') => void;
  /** Progress has been written. */
  readonly onProgress?: () => void;
}

/** One attempt's hold on its job. */
export interface Lease {
  /** @param fraction 0…1; written with the next beat */
  progress(fraction: number): void;
  /** Resolves when no beat is under way any more. */
  stop(): Promise<void>;
}

const tickMs = 250;
const quietBeatMs = 1_000;

/**
 * Beats while an attempt runs: writes its progress (at most four times a second), renews the lease and learns of
 * cancellation (at least once a second), all by one guarded statement. When the row no longer knows the attempt, or the
 * database was silent for as long as the lease, the hold is lost.
 *
 * Time is measured by the monotonic clock, so that a clock that jumps takes no lease away.
 */
export function keepLease(attempt: Attempt, { db, log, leaseMs, onEnd, onProgress }: LeaseOptions): Lease {
  let fraction = 0;
  let written = 0;
  let lastBeatMs = performance.now();
  let beating: Promise<void> | undefined;

  async function beat(): Promise<void> {
    const startedMs = performance.now();
    const progress = fraction;
    const row = await db
      .updateTable('jobs')
      .set({ progress, lease_expires_at: inMs(leaseMs) })
      .where((eb) => eb.and({ id: attempt.id, attempt: attempt.attempt, status: 'active' }))
      .returning('id')
      .executeTakeFirst();
    if (row === undefined) return end((await isStopped()) ? 'stopped' : 'lost');
    if (progress !== written) onProgress?.();
    written = progress;
    lastBeatMs = startedMs;
  }

  async function isStopped(): Promise<boolean> {
    const row = await db.selectFrom('jobs').select('status').where('id', '=', attempt.id).executeTakeFirst();
    return row === undefined || row.status === 'cancelled';
  }

  function end(reason: 'stopped' | 'lost'): void {
    clearInterval(timer);
    onEnd(reason);
  }

  const timer = setInterval(() => {
    const silentMs = performance.now() - lastBeatMs;
    if (silentMs > leaseMs) return end('lost');
    if (beating !== undefined || (fraction === written && silentMs < Math.min(quietBeatMs, leaseMs / 3))) return;
    beating = beat()
      .catch((error: unknown) => log.warn({ err: error, jobId: attempt.id }, 'could not renew the lease; trying again'))
      .finally(() => {
        beating = undefined;
      });
  }, tickMs);

  return {
    progress(next) {
      fraction = Math.min(1, Math.max(fraction, next));
    },
    async stop() {
      clearInterval(timer);
      await beating;
    },
  };
}
