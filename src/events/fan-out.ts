/**
 * Tells every process of a fleet that something has happened, so that nobody has to wait for a look into the database.
 *
 * It carries no truth and keeps nothing: a process that is away, or an engine that fails, loses what was told
 * meanwhile. Whoever must not miss anything looks for itself from time to time as well.
 */
export interface FanOut {
  /** For messages, metrics and the contract's report: `memory`, `postgres`, `redis`. */
  readonly driver: string;

  /**
   * Listeners of this process hear of it at once, before this returns; those of the others within milliseconds, many
   * calls together as one. Never throws.
   *
   * @param ids what it is about; none: look for yourself
   */
  tell(topic: Topic, ids?: readonly string[]): void;

  /**
   * A listener must not throw. After a time in which something may have been missed, it is called without ids.
   *
   * @returns what takes the listener away again
   */
  on(topic: Topic, listener: FanOutListener): () => void;

  /**
   * @throws AppError FAN_OUT_UNAVAILABLE when other processes cannot be reached now, CONFIG_INVALID when the engine is set
   * up so that it must not be used
   */
  check(): Promise<void>;

  close(): Promise<void>;
}

/** Everything that is told of. Ids are of jobs or of what else the topic says, or keys of what is cached. */
export const topics = [
  /** There may be a job to take. */
  'job-queued',
  /** Jobs that reached their end, and that is committed. */
  'job-finished',
  /** Jobs that were cancelled or removed: whoever runs them may stop. */
  'job-stopped',
  /** Rows that people watch have changed. */
  'changed',
  /** Entries of the cache that no longer hold. */
  'cache-dropped',
  /** Locks of uploads that another request asks for. */
  'lock-wanted',
  /** Users, keys, tenants (by id) of whom something has changed that decides what they may: forget what is known. */
  'access-changed',
  /** How strict limits are has changed: look it up. */
  'limits-changed',
] as const;

export type Topic = (typeof topics)[number];

export function isTopic(text: unknown): text is Topic {
  return topics.some((topic) => topic === text);
}

export type FanOutListener = (ids: readonly string[]) => void;
