/**
 * Bytes that can be had again elsewhere, only slower. Nothing depends on it: an engine that is away, or slow, is a
 * miss, and what is kept may go at any moment.
 */
export interface Cache {
  /** For the contract's report: `memory`, `redis`. */
  readonly driver: string;

  /** Never throws. @returns undefined for what is not there, or cannot be had within 50 ms; not to be written to */
  get(key: string): Promise<Buffer | undefined>;

  /** Never throws, and may keep nothing of it. The bytes must not change afterwards. */
  set(key: string, bytes: Buffer): Promise<void>;

  /** Never throws; where the engine is away, entries may live on to their end. */
  drop(keys: readonly string[]): Promise<void>;

  close(): Promise<void>;
}

export interface CacheOptions {
  /** How long an entry is kept. */
  readonly ttlMs: number;
  /** Of all entries together, keys not counted. An entry may have a tenth of it. */
  readonly maxBytes: number;
}

/** One entry that takes the place of all others helps nobody. */
export function fits(bytes: Buffer, { maxBytes }: CacheOptions): boolean {
  return bytes.length <= maxBytes / 10;
}
