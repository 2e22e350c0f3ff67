/** What a loop in a child process is asked: work through these files, one after the other. */
export interface Turn {
  readonly files: readonly string[];
}

export interface TurnDone {
  readonly elapsedMs: number;
}

/**
 * Answers turns until the parent goes.
 *
 * @param prepare reads a file; not in the time
 */
export function serveTurns<T>(prepare: (file: string) => Promise<T>, work: (prepared: T) => Promise<unknown>): void {
  process.on('message', async ({ files }: Turn) => {
    const prepared = await Promise.all(files.map(prepare));
    const startedMs = performance.now();
    for (const each of prepared) await work(each);
    process.send?.({ elapsedMs: performance.now() - startedMs } satisfies TurnDone);
  });
  process.once('disconnect', () => process.exit());
}
