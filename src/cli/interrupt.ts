import { constants } from 'node:os';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** What a shell expects of a program that was told to stop. */
  readonly exitCode: number;
  release(): void;
}

/** From now on Ctrl-C ends the work and not the program; a second one ends the program at once. */
export function interruptible(): Interrupt {
  const abort = new AbortController();
  let exitCode = 130;
  const onSignal = (signal: NodeJS.Signals): void => {
    exitCode = 128 + constants.signals[signal];
    if (abort.signal.aborted) process.exit(exitCode);
    process.stderr.write('\nstopping…\n');
    abort.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  return {
    signal: abort.signal,
    get exitCode() {
      return exitCode;
    },
    release() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
    },
  };
}
