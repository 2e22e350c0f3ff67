import { appendFile, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '#kernel/folders.ts';
import { hashFile } from '../hash-file.ts';

/** What was made before, in the folder where it lies: so that a second run makes only what is new or changed. */
export interface Ledger {
  /** @returns the file made of this very work, if it is still there as it was made */
  find(item: string, key: string): Promise<string | undefined>;
  /** @param file its name in the folder */
  add(item: string, key: string, file: string): Promise<void>;
}

interface Entry {
  readonly item: string;
  /** The name of the result: processor, parameters and inputs. */
  readonly key: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

const fileName = '.esteira-thumbnails.jsonl';

/** One line for each piece of work, appended when it is done: killed at any moment, it forgets the last one at most. */
export async function openLedger(dir: string): Promise<Ledger> {
  await makeFolder(dir);
  const path = join(dir, fileName);
  const entries = new Map<string, Entry>();
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  for (const line of lines) {
    const entry = entryOf(line);
    if (entry !== undefined) entries.set(entry.item, entry);
  }
  if (lines.length > 2 * entries.size + 100) await rewrite(path, entries.values());

  return {
    async find(item, key) {
      const entry = entries.get(item);
      if (entry?.key !== key) return undefined;
      const made = join(dir, entry.file);
      const size = await stat(made).then(
        (stats) => stats.size,
        () => undefined,
      );
      return size === entry.sizeBytes && (await hashFile(made)) === entry.sha256 ? entry.file : undefined;
    },
    async add(item, key, file) {
      const made = join(dir, file);
      const entry = { item, key, file, sizeBytes: (await stat(made)).size, sha256: await hashFile(made) };
      entries.set(item, entry);
      await appendFile(path, `${JSON.stringify(entry)}\n`);
    },
  };
}

/** A line that a kill cut off is nothing. */
function entryOf(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Entry;
    return typeof entry.item === 'string' && typeof entry.file === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}

async function rewrite(path: string, entries: Iterable<Entry>): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, [...entries].map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  await rename(temporary, path);
}
