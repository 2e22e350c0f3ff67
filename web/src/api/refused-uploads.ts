/** Files that could not be sent because nobody was signed in any more; they are still chosen. */
let waiting = new Set<() => void>();

export function rememberRefused(retry: () => void): void {
  waiting.add(retry);
}

/** Sends them, now that somebody is signed in. */
export function retryRefused(): void {
  const all = waiting;
  waiting = new Set();
  for (const retry of all) retry();
}
