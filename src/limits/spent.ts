import { BoundedMap } from './bounded-map.ts';
import type { LimitState } from './limit.ts';

const maxKeys = 50_000;

interface Entry {
  readonly state: LimitState;
  readonly untilMs: number;
}

/** What is known to be used up, so that it need not be asked again. Bounded: what was added first is forgotten first. */
export class Spent {
  readonly #entries = new BoundedMap<Entry>(maxKeys);

  get size(): number {
    return this.#entries.size;
  }

  /** @param state is over, and stays so until it resets */
  add(key: string, state: LimitState): void {
    this.#entries.set(key, { state, untilMs: performance.now() + state.resetsInMs });
  }

  get(key: string): LimitState | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const resetsInMs = entry.untilMs - performance.now();
    if (resetsInMs > 0) return { ...entry.state, resetsInMs };
    this.#entries.delete(key);
    return undefined;
  }

  clear(): void {
    this.#entries.clear();
  }
}
