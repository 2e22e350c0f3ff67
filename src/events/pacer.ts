/** What is told of one thing at most every so often: the newest waits, the others are passed over. */
export class Pacer<T> {
  readonly #gapMs: number;
  readonly #told = new Map<string, { readonly atMs: number; readonly state: string }>();
  readonly #held = new Map<string, T>();

  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  /**
   * @param state a different one is told at once
   * @returns whether to tell it now; otherwise it is held
   */
  offer(key: string, state: string, value: T, nowMs: number): boolean {
    const told = this.#told.get(key);
    if (told !== undefined && told.state === state && nowMs - told.atMs < this.#gapMs) {
      this.#held.set(key, value);
      return false;
    }
    this.#held.delete(key);
    this.#told.set(key, { atMs: nowMs, state });
    return true;
  }

  /** Those whose time has come; they count as told. */
  takeDue(nowMs: number): T[] {
    const due: T[] = [];
    for (const [key, { atMs, state }] of this.#told) {
      if (nowMs - atMs < this.#gapMs) continue;
      const value = this.#held.get(key);
      this.#held.delete(key);
      this.#told.delete(key);
      if (value === undefined) continue;
      due.push(value);
      this.#told.set(key, { atMs: nowMs, state });
    }
    return due;
  }

  drop(key: string): void {
    this.#held.delete(key);
    this.#told.delete(key);
  }

  clear(): void {
    this.#held.clear();
    this.#told.clear();
  }

  held(key: string): T | undefined {
    return this.#held.get(key);
  }

  values(): IterableIterator<T> {
    return this.#held.values();
  }

  /** @returns Infinity when nothing is held */
  nextDueMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const key of this.#held.keys()) next = Math.min(next, (this.#told.get(key)?.atMs ?? 0) + this.#gapMs);
    return next;
  }
}
