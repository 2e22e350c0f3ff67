import { constants } from 'node:os';

/**
 * Work that Ctrl-C ends, and not the program, so that it can tidy up; a second one ends the program at once.
 *
 * @returns the exit code of the work, or what a shell expects of a program that was told to stop
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const abort = new AbortController();
  let stoppedBy = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    stoppedBy = 128 + constants.signals[signal];
    if (abort.signal.aborted) process.exit(stoppedBy);
    process.stderr.write('\nstopping…\n');
    abort.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    const exitCode = await work(abort.signal);
    return abort.signal.aborted ? stoppedBy : exitCode;
  } catch (error) {
    if (abort.signal.aborted) return stoppedBy;
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
}
