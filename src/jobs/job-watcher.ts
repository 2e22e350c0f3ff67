import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import type { JobSignals } from './job-signals.ts';

/**
 * Waits for jobs to end. Those of this process are heard of at once; one query for all that are waited for, every
 * `pollMs`, finds the others.
 */
export class JobWatcher {
  readonly #db: Kysely<Database>;
  readonly #signals: JobSignals;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #pollMs: number;
  readonly #onError: (error: unknown) => void;
  #waiters = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Kysely<Database>, signals: JobSignals, pollMs: number, onError: (error: unknown) => void) {
    this.#db = db;
    this.#signals = signals;
    this.#pollMs = pollMs;
    this.#onError = onError;
    signals.on('finished', this.#release);
  }

  /**
   * Resolves when the job has ended or is gone, when `timeoutMs` has passed or when `signal` aborts: the caller looks.
   *
   * @throws AppError OVERLOADED when too many wait already
   */
  async untilFinished(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#waiters >= maxWaiters) {
      throw new AppError('OVERLOADED', 'Too many requests are waiting for results. Ask for the job a little later.');
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiters.add(resolve));
    this.#waiters++;
    const stop = () => resolve();
    const timeout = setTimeout(stop, timeoutMs);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    this.#schedule();
    try {
      await promise;
    } finally {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', stop);
      this.#waiters--;
      waiters.delete(resolve);
      if (waiters.size === 0 && this.#waiting.get(id) === waiters) this.#waiting.delete(id);
    }
  }

  close(): void {
    this.#signals.off('finished', this.#release);
    clearTimeout(this.#timer);
    for (const id of this.#waiting.keys()) this.#release(id);
  }

  readonly #release = (id: string): void => {
    for (const resolve of this.#waiting.get(id) ?? []) resolve();
  };

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      void this.#poll()
        .catch(this.#onError)
        .finally(() => {
          this.#timer = undefined;
          if (this.#waiting.size > 0) this.#schedule();
        });
    }, this.#pollMs);
  }

  async #poll(): Promise<void> {
    const ids = [...this.#waiting.keys()];
    if (ids.length === 0) return;
    const unfinished = await this.#db
      .selectFrom('jobs')
      .select('id')
      .where('id', 'in', ids)
      .where('status', 'in', ['queued', 'active'])
      .execute();
    const running = new Set(unfinished.map((row) => row.id));
    for (const id of ids) if (!running.has(id)) this.#release(id);
  }
}

const maxWaiters = 10_000;
