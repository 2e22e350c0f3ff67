/**
 * The waiting line of job ids. It carries no truth: every row that is not finished can be added again from the
 * database at any time, and the queue may forget everything without a job being lost.
 *
 * Behind it is BullMQ, on PGlite, on PostgreSQL or on Redis; one contract suite runs on all three.
 */
export interface JobQueue {
  /** For messages, metrics and the contract's report: `embedded`, `postgres`, `redis`. */
  readonly driver: string;

  /**
   * Puts a job in line. Adding an id that is waiting, delayed or active does nothing (deduplication).
   *
   * @throws AppError QUEUE_UNAVAILABLE within 2 s when the engine does not answer
   */
  add(item: QueueItem): Promise<void>;

  /** The same for many at once, for the reconciler. */
  addMany(items: readonly QueueItem[]): Promise<void>;

  /** Takes a waiting or delayed job out of the line; false when it is active or unknown. */
  remove(id: string): Promise<boolean>;

  /** Stops handing out jobs (those running go on), on every worker of this queue. */
  pause(): Promise<void>;
  resume(): Promise<void>;

  counts(): Promise<QueueCounts>;

  /**
   * Hands jobs to `handler`, at most `concurrency` at once, until the consumer is closed.
   * A handler that throws `RetryLater` gets the same job again after the delay; any other error is logged and
   * counts as handled: what becomes of a job is written in its row, not in the queue.
   */
  consume(handler: QueueHandler, options: ConsumeOptions): Promise<QueueConsumer>;

  /** Forgets every entry. The embedded engine starts with this: one owner, so nothing can be running. */
  clear(): Promise<void>;

  close(): Promise<void>;
}

export interface QueueItem {
  /** The job's id, a UUID: some words and whole numbers mean something else to BullMQ. */
  readonly id: string;
  /** 1 is first; lower numbers are taken earlier. */
  readonly priority: number;
  readonly delayMs?: number;
}

export interface QueueCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
}

export type QueueHandler = (id: string, signal: AbortSignal) => Promise<void>;

export interface ConsumeOptions {
  readonly concurrency: number;
  /** How long a worker may be silent before its jobs are given to another. */
  readonly lockDurationMs: number;
}

export interface QueueConsumer {
  /** Takes no more jobs and waits for the running handlers. */
  close(): Promise<void>;
}

/** Thrown by a handler: not now, again after `delayMs`. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly delayMs: number;

  constructor(delayMs: number) {
    super(`again in ${delayMs} ms`);
    this.delayMs = delayMs;
  }
}
