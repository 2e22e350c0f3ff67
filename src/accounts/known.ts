/**
 * Answers that are kept for a while, and forgotten the moment that somebody says they no longer hold.
 *
 * What was asked for before that moment and comes after it is given to who asked, and not kept: the next one asks again.
 * Nothing else could be kept longer than it holds.
 */
export interface Known<Value> {
  /** Many at once for one key are one question. @throws whatever asking throws; nothing is kept then */
  get(key: string): Promise<Value | undefined>;
  /** @param matches undefined: all of them */
  forget(matches?: (key: string, value: Value) => boolean): void;
}

export interface KnownOptions<Value> {
  /** @returns undefined for what is not there, which is kept as well */
  readonly ask: (key: string) => Promise<Value | undefined>;
  readonly ttlMs: number;
  readonly maxEntries: number;
  /** Of what is not there: those who guess must not push out what is. */
  readonly maxMissing: number;
}

export function createKnown<Value>({ ask, ttlMs, maxEntries, maxMissing }: KnownOptions<Value>): Known<Value> {
  const found = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  const missing = new Map<string, number>();
  const asking = new Map<string, Promise<Value | undefined>>();
  let forgotten = 0;

  async function look(key: string): Promise<Value | undefined> {
    const before = forgotten;
    const value = await ask(key);
    if (before !== forgotten) return value;
    const untilMs = performance.now() + ttlMs;
    if (value === undefined) keep(missing, key, untilMs, maxMissing);
    else keep(found, key, { value, untilMs }, maxEntries);
    return value;
  }

  return {
    async get(key) {
      const nowMs = performance.now();
      const entry = found.get(key);
      if (entry !== undefined && entry.untilMs > nowMs) return entry.value;
      if ((missing.get(key) ?? 0) > nowMs) return undefined;
      let answer = asking.get(key);
      if (answer === undefined) {
        answer = look(key);
        asking.set(key, answer);
        const done = () => {
          if (asking.get(key) === answer) asking.delete(key);
        };
        answer.then(done, done);
      }
      return await answer;
    },

    forget(matches) {
      forgotten += 1;
      // Who asks from now on must not get what was asked before.
      asking.clear();
      missing.clear();
      if (matches === undefined) found.clear();
      else for (const [key, { value }] of found) if (matches(key, value)) found.delete(key);
    },
  };
}

/** A Map keeps the order of insertion: what was learnt longest ago goes first. */
function keep<Entry>(entries: Map<string, Entry>, key: string, entry: Entry, maxEntries: number): void {
  entries.delete(key);
  entries.set(key, entry);
  for (const oldest of entries.keys()) {
    if (entries.size <= maxEntries) break;
    entries.delete(oldest);
  }
}
