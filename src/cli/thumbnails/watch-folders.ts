import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface WatchOptions {
  readonly pollMs: number;
  /** A file whose size and time have not changed for so long is complete. */
  readonly quietMs: number;
  readonly signal: AbortSignal;
}

/** Names that programs give to what they are still writing. */
const unfinished = /^\.|~$|\.(part|partial|crdownload|download|tmp|temp|filepart)$/i;

/**
 * Says when there is something to do: at first, and whenever the complete files of the folders are not those of the
 * last time. Looks by itself instead of asking the system to be told: that works on network drives as well.
 *
 * @returns the complete files, whole paths, in the order of their names
 */
export async function* watchFolders(
  folders: readonly string[],
  { pollMs, quietMs, signal }: WatchOptions,
): AsyncGenerator<ReadonlySet<string>> {
  const seen = new Map<string, { mark: string; sinceMs: number }>();
  let told = new Map<string, string>();
  while (!signal.aborted) {
    const marks = await marksOf(folders);
    for (const path of seen.keys()) if (!marks.has(path)) seen.delete(path);
    const nowMs = performance.now();
    for (const [path, mark] of marks) if (seen.get(path)?.mark !== mark) seen.set(path, { mark, sinceMs: nowMs });
    const complete = [...seen].filter(([, { sinceMs }]) => nowMs - sinceMs >= quietMs).sort();
    const isNews = complete.some(([path, { mark }]) => told.get(path) !== mark);
    if (isNews || [...told.keys()].some((path) => !marks.has(path))) {
      told = new Map(complete.map(([path, { mark }]) => [path, mark]));
      yield new Set(told.keys());
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function marksOf(folders: readonly string[]): Promise<Map<string, string>> {
  const marks = new Map<string, string>();
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (unfinished.test(name)) continue;
      const path = join(folder, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats?.isFile()) marks.set(path, `${stats.size} ${stats.mtimeMs}`);
    }
  }
  return marks;
}
