import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';
import { AppError } from '#kernel/errors.ts';

/** Which of these jobs have not ended, nor are gone. */
export type UnfinishedOf = (ids: readonly string[]) => Promise<readonly string[]>;

/** Of all tenants: whoever waits has asked for the job in its tenant before, and learns only when to ask again. */
export function unfinishedJobs(db: Kysely<Database>): UnfinishedOf {
  return async (ids) => {
    const query = db.selectFrom('jobs').select('id').where('id', 'in', ids);
    const rows = await query.where('status', 'in', ['queued', 'active']).execute();
    return rows.map((row) => row.id);
  };
}

/**
 * Waits for jobs to end. Their ends are told of, at once; one query for all that are waited for, every `pollMs`, finds
 * those whose word was lost.
 */
export class JobWatcher {
  readonly #unfinished: UnfinishedOf;
  readonly #stopListening: () => void;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #pollMs: number;
  readonly #onError: (error: unknown) => void;
  #waiters = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(unfinished: UnfinishedOf, fanOut: FanOut, pollMs: number, onError: (error: unknown) => void) {
    this.#unfinished = unfinished;
    this.#pollMs = pollMs;
    this.#onError = onError;
    this.#stopListening = fanOut.on('job-finished', (ids) => {
      for (const id of ids) this.#release(id);
    });
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
    this.#stopListening();
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
    const running = new Set(await this.#unfinished(ids));
    for (const id of ids) if (!running.has(id)) this.#release(id);
  }
}

const maxWaiters = 10_000;
