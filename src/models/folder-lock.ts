import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 200;

/**
 * Makes the models folder one process's own while models are added to it or removed. Those that only use models need
 * no lock: they see descriptors, which change by renaming.
 *
 * The lock is SQLite's: the kernel drops it with the process, so none is ever stale.
 *
 * @param onWait called once when another process is at work
 * @throws whatever the signal was aborted with
 */
export async function lockModelsDir(modelsDir: string, signal: AbortSignal, onWait: () => void): Promise<Disposable> {
  for (let waited = false; ; waited = true) {
    const database = new DatabaseSync(join(modelsDir, '.lock'), { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
      return { [Symbol.dispose]: () => database.close() };
    } catch (error) {
      database.close();
      if (!(error instanceof Error && 'errcode' in error && error.errcode === 5)) throw error;
    }
    if (!waited) onWait();
    await delay(pollMs, undefined, { signal });
  }
}
