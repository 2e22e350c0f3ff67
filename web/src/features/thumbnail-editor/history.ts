/** What can be undone and done again. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What was changed last: one drag of a slider is one step, however many values it passes. */
  readonly subject?: string | undefined;
}

const longest = 200;

export function startHistory<T>(present: T): History<T> {
  return { past: [], present, future: [] };
}

/** @param subject changes of the same one, one after the other, are one step; without it, each is its own */
export function changed<T>(history: History<T>, present: T, subject?: string): History<T> {
  if (Object.is(present, history.present)) return history;
  const merges = subject !== undefined && subject === history.subject && history.past.length > 0;
  const past = merges ? history.past : [...history.past, history.present].slice(-longest);
  return { past, present, future: [], subject };
}

export function undone<T>({ past, present, future }: History<T>): History<T> {
  const previous = past.at(-1);
  if (previous === undefined) return { past, present, future };
  return { past: past.slice(0, -1), present: previous, future: [present, ...future] };
}

export function redone<T>({ past, present, future }: History<T>): History<T> {
  const [next, ...others] = future;
  if (next === undefined) return { past, present, future };
  return { past: [...past, present], present: next, future: others };
}
