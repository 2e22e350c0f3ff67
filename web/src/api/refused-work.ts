import type { ShownError } from './problem.ts';

/** What was refused because nobody was signed in any more; its files are still chosen. */
let waiting: (() => void)[] = [];

/** Does it again when somebody has signed in; any other error is left to who sees it. */
export function againWhenSignedIn({ code }: ShownError, again: () => void): void {
  if (code === 'UNAUTHENTICATED') waiting.push(again);
}

export function doRefusedAgain(): void {
  const all = waiting;
  waiting = [];
  for (const again of all) again();
}
